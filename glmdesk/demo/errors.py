"""Every error of the service with its status and both languages of its message (glm-api.md §8)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from glmdesk.demo.wire import Json, dump, new_id, reset_time


@dataclass(frozen=True, slots=True)
class ErrorRow:
    """One row of the table."""

    code: str
    status: int
    zh: str
    en: str


_ROWS = (
    ErrorRow("500", 500, "内部错误", "Internal error"),
    ErrorRow("401", 401, "令牌已过期或验证不正确", "token expired or incorrect"),
    ErrorRow("1000", 401, "身份验证失败", "Authentication Failed"),
    ErrorRow(
        "1001",
        401,
        "Header中未收到Authorization参数，无法进行身份验证",
        "Authentication parameter not received in Header",
    ),
    ErrorRow("1002", 401, "Authorization Token非法，请确认Authorization Token正确传递", "Invalid Authentication Token"),
    ErrorRow("1003", 401, "Authorization Token已过期，请重新生成/获取", "Authentication Token expired"),
    ErrorRow("1004", 401, "通过提供的Authorization Token验证失败", "Authentication failed with the provided token"),
    ErrorRow(
        "1005", 401, "需要完成二次登录验证，请前往控制台", "Second-factor login required, please open the console"
    ),
    ErrorRow("1100", 403, "账户读写错误", "Account read/write error"),
    ErrorRow("1110", 403, "您的账户当前未处于激活状态，请检查账户信息", "Your account is not active"),
    ErrorRow("1111", 403, "您的账户不存在", "Your account does not exist"),
    ErrorRow("1112", 403, "您的账户已被锁定，请联系客服解锁", "Your account has been locked"),
    ErrorRow(
        "1113", 429, "余额不足或无可用资源包,请充值。", "Insufficient balance or no resource package. Please recharge."
    ),
    ErrorRow("1120", 429, "无法成功访问您的账户，请稍后重试", "Unable to access your account, please try again later"),
    ErrorRow("1121", 403, "您的账户存在违规行为，账户已被锁定", "Your account violates the rules and has been locked"),
    ErrorRow("1200", 500, "API 调用失败", "API call failed"),
    ErrorRow("1210", 400, "API 调用参数有误，请检查文档。", "Invalid API parameter, please check the documentation."),
    ErrorRow("1211", 400, "模型不存在，请检查模型代码。", "Unknown Model, please check the model code."),
    ErrorRow("1212", 400, "当前模型不支持该调用方式", "The current model does not support this call method"),
    ErrorRow("1213", 400, "未正常接收到 messages 参数", "The messages parameter was not received properly"),
    ErrorRow(
        "1214", 400, "messages 参数非法。请检查文档", "Invalid messages parameter. Please check the documentation."
    ),
    ErrorRow("1215", 400, "两个参数不能同时设置", "These two parameters cannot be set at the same time"),
    ErrorRow("1220", 403, "您无权访问该 API", "You do not have permission to access this API"),
    ErrorRow("1221", 400, "该 API 已下线", "The API has been taken offline"),
    ErrorRow("1222", 400, "该 API 不存在", "The API does not exist"),
    ErrorRow("1230", 500, "API 调用流程出错", "API call process error"),
    ErrorRow(
        "1231", 400, "您已有相同 request_id 的请求正在处理", "A request with this request_id is already in flight"
    ),
    ErrorRow(
        "1234",
        500,
        "网络错误，错误id：{id}，请联系客服",
        "Network error, error id: {id}, please contact customer service",
    ),
    ErrorRow("1261", 400, "Prompt 超长", "Prompt exceeds max length"),
    ErrorRow("1300", 400, "API 调用被策略阻止", "The API call was blocked by policy"),
    ErrorRow(
        "1301",
        400,
        "系统检测到输入或生成内容可能包含不安全或敏感内容，请您避免输入易产生敏感内容的提示语，感谢您的配合。",
        "The system has detected potentially unsafe or sensitive content in the input or the generation.",
    ),
    ErrorRow("1302", 429, "您的账户已达到速率限制，请您控制请求频率", "Rate limit reached for requests"),
    ErrorRow("1303", 429, "您当前使用该 API 的频率过高，请降低频率", "Request frequency is too high"),
    ErrorRow("1304", 429, "该 API 已达今日调用次数限额", "Daily call limit reached"),
    ErrorRow(
        "1305",
        429,
        "该模型当前访问量过大，请您稍后再试",
        "The service may be temporarily overloaded, please try again later",
    ),
    ErrorRow(
        "1308",
        429,
        "已达到 5 小时的使用上限。您的限额将在 {reset} 重置。",
        "Usage limit reached for 5 hours. Your limit will reset at {reset}",
    ),
    ErrorRow("1309", 429, "您的 GLM Coding Plan 套餐已到期", "Your GLM Coding Plan package has expired"),
    ErrorRow(
        "1310",
        429,
        "已达到每周/每月使用上限，您的限额将在 {reset} 重置。",
        "Weekly/Monthly limit exhausted. It will reset at {reset}",
    ),
    ErrorRow("1311", 429, "当前订阅套餐暂未开放 {model} 权限", "Your plan does not include access to {model}"),
    ErrorRow("1312", 429, "该模型当前繁忙，请尝试 glm-4.7-flash", "The model is busy, please try glm-4.7-flash"),
    ErrorRow(
        "1313",
        429,
        "您的账户使用行为不符合公平使用原则，请求已受限",
        "Your requests were throttled by the fair use policy",
    ),
    ErrorRow("1314", 429, "企业套餐无效", "The enterprise plan is not valid"),
    ErrorRow("1315", 429, "该密钥仅用于企业编程套餐", "This key is for the enterprise coding plan only"),
    ErrorRow(
        "1316",
        429,
        "5 小时额度已用尽，{reset} 重置；余额不足，无法超额使用",
        "5-hour window used up until {reset}; no balance for overage",
    ),
    ErrorRow(
        "1317",
        429,
        "7 天额度已用尽，{reset} 重置；余额不足，无法超额使用",
        "7-day window used up until {reset}; no balance for overage",
    ),
    ErrorRow(
        "1318",
        429,
        "5 小时额度已用尽，{reset} 重置；已达超额上限",
        "5-hour window used up until {reset}; overage cap reached",
    ),
    ErrorRow(
        "1319",
        429,
        "7 天额度已用尽，{reset} 重置；已达超额上限",
        "7-day window used up until {reset}; overage cap reached",
    ),
    ErrorRow(
        "1320",
        429,
        "5 小时额度已用尽，{reset} 重置；已达月度消费上限",
        "5-hour window used up until {reset}; monthly cap reached",
    ),
    ErrorRow(
        "1321",
        429,
        "7 天额度已用尽，{reset} 重置；已达月度消费上限",
        "7-day window used up until {reset}; monthly cap reached",
    ),
    ErrorRow("404", 404, "请求的路径不存在", "Not Found"),
    ErrorRow("408", 408, "请求超时", "Request Timeout"),
    ErrorRow("434", 434, "无权限使用微调", "No permission for fine-tuning"),
    ErrorRow("435", 435, "文件大小不能超过 100 MB", "The file must not exceed 100 MB"),
    ErrorRow("502", 502, "网关错误", "Bad Gateway"),
    ErrorRow("503", 503, "服务暂不可用", "Service Unavailable"),
    ErrorRow("504", 504, "网关超时", "Gateway Timeout"),
)

ERRORS: dict[str, ErrorRow] = {row.code: row for row in _ROWS}
QUOTA_RESET = 3 * 3600.0  # seconds until a used-up quota comes back


@dataclass(frozen=True)
class ApiError(Exception):
    """A refusal; `detail` replaces the table's message."""

    code: str
    detail: str = ""

    @property
    def status(self) -> int:
        return ERRORS[self.code].status


def message(code: str, *, english: bool, model: str = "", reset_after: float = QUOTA_RESET) -> str:
    """The text of an error, its places filled."""
    row = ERRORS[code]
    values = {"id": new_id(0)[14:], "reset": reset_time(reset_after), "model": model}
    return (row.en if english else row.zh).format(**values)


def error_body(code: str, text: str, *, request_id: str) -> bytes:
    """The reply's JSON; safety errors carry `contentFilter` in camel case."""
    body: Json = {"error": error_object(code, text), "request_id": request_id}
    if code == "1301":
        body = {"contentFilter": [{"level": 1, "role": "user"}], **body}
    return dump(body)


def error_object(code: str, text: str) -> dict[str, Any]:
    """The inner object; the code is a text (glm-api.md §8)."""
    return {"code": code, "message": text}
