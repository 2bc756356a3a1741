"""What goes into the frozen program and what stays out; the spec file asks here, and the finished build is checked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

# GPL-3 or commercial only: not one file of these may be in a package under the MIT licence.
GPL_QT = (
    "Charts",
    "DataVisualization",
    "Graphs",
    "VirtualKeyboard",
    "NetworkAuth",
    "Quick3D",
    "QuickTimeline",
    "Lottie",
    "ShaderTools",
    "WaylandCompositor",
    "HttpServer",
    "Mqtt",
    "CoAP",
    "OpcUa",
    "QuickDesigner",
)

# What the program imports, and what those libraries and plugins load.
_QT_LIGHT = frozenset({"Core", "DBus", "Gui", "Network", "OpenGL", "Svg", "WaylandClient", "Widgets", "XcbQpa"}) | {
    "WlShellIntegration"
}
_QT_WEBENGINE = _QT_LIGHT | {
    "OpenGLWidgets",
    "Positioning",
    "PrintSupport",
    "Qml",
    "QmlMeta",
    "QmlModels",
    "QmlWorkerScript",
    "Quick",
    "QuickWidgets",
    "WebChannel",
    "WebEngineCore",
    "WebEngineWidgets",
}

# Python's side of them; WebEngine loads the rest of its libraries without Python.
_BINDINGS_LIGHT = frozenset({"Core", "DBus", "Gui", "Network", "Svg", "Widgets"})
_BINDINGS_WEBENGINE = _BINDINGS_LIGHT | {"PrintSupport", "WebChannel", "WebEngineCore", "WebEngineWidgets"}

_PLUGINS = {
    "iconengines": {"qsvgicon"},
    "imageformats": {"qgif", "qico", "qjpeg", "qsvg", "qwebp"},
    # The virtual keyboard is GPL; fcitx is not in the wheels.
    "platforminputcontexts": {"composeplatforminputcontextplugin", "ibusplatforminputcontextplugin"},
    "platforms": {"qxcb", "qwayland", "qoffscreen", "qwindows", "qcocoa"},
    # The GTK theme would bring GTK; the portal needs D-Bus only.
    "platformthemes": {"qxdgdesktopportal"},
    "styles": {"qmodernwindowsstyle", "qmacstyle"},
    "wayland-decoration-client": {"adwaita", "bradient"},
    "wayland-graphics-integration-client": None,
    "wayland-shell-integration": {"xdg-shell", "wl-shell-plugin"},
    "xcbglintegrations": None,
}
_LANGUAGES = {"zh_CN", "zh-CN", "en", "en-US"}

# Of the building system's libraries only these go in: names or versions of the others differ too little to matter, and
# a package declares them. (OpenSSL, SQLite and what Python's own modules load are the tested ones.)
_SYSTEM_LIBRARIES = re.compile(
    r"lib(python3\.\d+|crypto|ssl|sqlite3|ffi|bz2|lzma|uuid|xcb-(cursor|icccm|image|keysyms"
    r"|render-util|util))\.so"
)

# Pillow only reads the sizes of pictures in slides: it draws no text and converts no colours.
_PILLOW_UNUSED = (
    "libavif-",
    "libfreetype-",
    "libharfbuzz-",
    "libbrotli",
    "liblcms2-",
    "_avif.",
    "_imagingft.",
    "_imagingcms.",
)

# Never imported by the program: GPL (readline), test code, and what only servers or developers need.
EXCLUDED_MODULES = (
    "_curses",
    "_dbm",
    "_gdbm",
    "_tkinter",
    "curses",
    "distutils",
    "lib2to3",
    # The readers and writers of documents use etree only.
    "lxml.builder",
    "lxml.html",
    "lxml.isoschematron",
    "lxml.objectify",
    "lxml.sax",
    "pip",
    "pkg_resources",
    "PIL.ImageTk",
    "PIL._avif",
    "PIL._imagingcms",
    "PIL._imagingft",
    "pydoc_data",
    "readline",
    "setuptools",
    "test",
    "tkinter",
)


def allowed_qt(*, webengine: bool) -> frozenset[str]:
    """The Qt modules of a flavour, without their prefix."""
    return _QT_WEBENGINE if webengine else _QT_LIGHT


def kept(destination: str, source: str, *, webengine: bool) -> bool:
    """Whether a file that PyInstaller found goes into the bundle; both names with any separator."""
    path = PurePosixPath(destination.replace("\\", "/"))
    if "PySide6" in path.parts and "qml" in path.parts:
        return False
    if re.match(r"Qt[A-Z]\w+\.(abi3\.so|pyd)$", path.name):
        return qt_module(path.name) in (_BINDINGS_WEBENGINE if webengine else _BINDINGS_LIGHT)
    modules = [module for part in path.parts if (module := qt_module(part)) is not None]
    if modules:
        return allowed_qt(webengine=webengine).issuperset(modules)
    if "plugins" in path.parts and "PySide6" in path.parts:
        return _plugin_kept(path)
    if "PySide6" in path.parts:
        return _pyside_file_kept(path, webengine=webengine)
    if path.name.startswith("lib") and ".so" in path.name and source.startswith(("/lib", "/usr/lib")):
        return _SYSTEM_LIBRARIES.match(path.name) is not None
    return not _dead_weight(path)


def qt_module(name: str) -> str | None:
    """`Gui` of `libQt6Gui.so.6`, `QtGui.abi3.so`, `Qt6Gui.dll`, `QtGui.framework`; None for other files."""
    found = re.match(r"(?:lib)?Qt6?((?:3D)?[A-Z]\w+?)(?:\.abi3)?(?:\.so|\.pyd|\.dll|\.dylib|\.framework|$)", name)
    return found[1] if found and not is_program(name) else None


def is_program(name: str) -> bool:
    """Executables inside the bundle, the launcher apart."""
    return name.startswith("QtWebEngineProcess")


def _plugin_kept(path: PurePosixPath) -> bool:
    kind = path.parts[path.parts.index("plugins") + 1]
    names = _PLUGINS.get(kind, set[str]())
    return names is None or re.sub(r"^lib|\.(so|dll|dylib)$", "", path.name) in names


def _pyside_file_kept(path: PurePosixPath, *, webengine: bool) -> bool:
    """Translations of our two languages; WebEngine's resources without its developer tools."""
    if "qtwebengine_locales" in path.parts:
        return webengine and path.stem in _LANGUAGES
    if "translations" in path.parts:
        return path.name.startswith(("qtbase_", "qt_zh_CN")) and any(path.stem.endswith(x) for x in _LANGUAGES)
    return not path.name.startswith(("qtwebengine_devtools", "libpyside6qml")) and ".debug." not in path.name


def _dead_weight(path: PurePosixPath) -> bool:
    """Stubs, C sources, books of installers; Pillow's fonts, colour profiles and AVIF; NSS is the system's.

    python-docx opens its template as one file and brings it unpacked as well.
    """
    if path.name.startswith(_PILLOW_UNUSED) or path.suffix == ".chk":
        return True
    if "default-docx-template" in path.parts or "isoschematron" in path.parts:
        return True
    if path.parent.name.endswith(".dist-info") and path.name in {"RECORD", "INSTALLER", "REQUESTED", "direct_url.json"}:
        return True
    return path.suffix in {".pyi", ".pxd", ".c", ".h", ".rng", ".xsl"} and "resources" not in path.parts


def forbidden(names: Iterable[str]) -> Iterator[str]:
    """The files of a finished bundle that may be in no package: GPL parts of Qt, under any name, and readline."""
    gpl = tuple(module.lower() for module in GPL_QT)
    for name in names:
        for part in PurePosixPath(name).parts:
            plain = re.sub(r"^(lib)?(qt6?|q)?", "", part.lower())
            if plain.startswith(("readline.", "gdbm.", "_gdbm")) or ("PySide6" in name and plain.startswith(gpl)):
                yield name
                break


def unexpected(names: Iterable[str], *, webengine: bool) -> Iterator[str]:
    """Qt libraries of a finished bundle that nobody has allowed."""
    allowed = allowed_qt(webengine=webengine)
    for name in names:
        if any(module not in allowed for part in PurePosixPath(name).parts if (module := qt_module(part)) is not None):
            yield name


# One file of each thing that a bundle without it would still start without: what nobody would miss until it is needed.
REQUIRED = (
    "resources/models.toml",
    "resources/prices.toml",
    "resources/icons/glmdesk.svg",
    "resources/i18n/zh_CN/chat.toml",
    "resources/i18n/en/chat.toml",
    "resources/demo/replies.toml",
    "resources/templates",
    "PySide6/Qt/translations/qtbase_zh_CN.qm",
    "docx/parts",
    "docx/templates/default-styles.xml",
    "pptx/oxml",
    "pptx/templates/default.pptx",
)
REQUIRED_ON_LINUX = (
    "PySide6/Qt/plugins/platforminputcontexts/libibusplatforminputcontextplugin.so",
    "PySide6/Qt/plugins/platforminputcontexts/libcomposeplatforminputcontextplugin.so",
    "PySide6/Qt/plugins/platforms/libqxcb.so",
    "PySide6/Qt/plugins/platforms/libqwayland.so",
)


def lacking(internal: Path, required: Iterable[str]) -> Iterator[str]:
    """Required files that are not there; on Windows the wheels have no `Qt` folder in between."""
    for name in required:
        if not any((internal / form).exists() for form in (name, name.replace("PySide6/Qt/", "PySide6/"))):
            yield name
