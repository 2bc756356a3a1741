"""Templates for the tests of these screens."""

from glmdesk.domain.conversation import Turn
from glmdesk.domain.message import Role
from glmdesk.domain.request import Parameters
from glmdesk.domain.template import Family, Template, Variable, VariableKind

TRANSLATION = Template(
    "translation/tech",
    Family.TRANSLATION,
    "技术文档",
    "术语一致",
    "译为{{target}}，文风{{tone}}，{{count}} 字，对照：{{both}}。\n{{terms}}\n{{text}}{{file}}",
    system="你是译者。",
    variables=(
        Variable(
            "target",
            "目标语言",
            VariableKind.CHOICE,
            "中文",
            choices=tuple((x, x) for x in ("中文", "英语", "日语", "德语")),
        ),
        Variable("tone", "文风", VariableKind.CHOICE, "written", choices=(("written", "书面"), ("spoken", "口语"))),
        Variable("count", "字数", VariableKind.NUMBER, "300", minimum=50, maximum=2000),
        Variable("both", "对照", VariableKind.SWITCH, "false"),
        Variable("terms", "术语", VariableKind.TEXT, "token = 令牌"),
        Variable("file", "文件", VariableKind.FILE),
        Variable("text", "原文", VariableKind.LONG, required=True),
    ),
    model="glm-4.5",
    thinking=False,
    parameters=Parameters(temperature=0.3),
)
DOG = Template("writing/dog", Family.WRITING, "小狗日记", "遇见松鼠", "写小狗的日记。", thinking=True)
MINE = Template("writing/mine", Family.WRITING, "我的<b>口号", "", "给{{product}}写口号", built_in=False,
                turns=(Turn(Role.USER, "先看例子"), Turn(Role.ASSISTANT, "好")),
                variables=(Variable("product", "产品", required=True),))  # fmt: skip
