; Per-user installer: no administrator, nothing outside the user's own folders and registry. User data is never touched.
; Compiled by packaging/release/windows.py, which defines VERSION, BUNDLE, ICON, REMOVAL and OUT.
Unicode true
SetCompressor /SOLID lzma
RequestExecutionLevel user
ManifestDPIAware true

!include "MUI2.nsh"
!include "FileFunc.nsh"

!define NAME "GLM Desk"
!define UNINSTALL "Software\Microsoft\Windows\CurrentVersion\Uninstall\GLM Desk"
!define SCHEME "Software\Classes\glmdesk"

Name "${NAME}"
OutFile "${OUT}"
InstallDir "$LOCALAPPDATA\Programs\GLM Desk"
InstallDirRegKey HKCU "${UNINSTALL}" "InstallLocation"
VIProductVersion "${VERSION}.0"
VIAddVersionKey /LANG=0 "ProductName" "${NAME}"
VIAddVersionKey /LANG=0 "FileDescription" "${NAME} setup"
VIAddVersionKey /LANG=0 "FileVersion" "${VERSION}"
VIAddVersionKey /LANG=0 "ProductVersion" "${VERSION}"
VIAddVersionKey /LANG=0 "LegalCopyright" "The GLM Desk authors, MIT licence"

!define MUI_ICON "${ICON}"
!define MUI_UNICON "${ICON}"
!define MUI_ABORTWARNING
!define MUI_FINISHPAGE_RUN "$INSTDIR\glmdesk-gui.exe"

!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "SimpChinese"
!insertmacro MUI_LANGUAGE "English"

LangString IN_USE ${LANG_SIMPCHINESE} "GLM Desk 正在运行。请先退出，再点“重试”。"
LangString IN_USE ${LANG_ENGLISH} "GLM Desk is running. Quit it, then choose Retry."
LangString KEPT ${LANG_SIMPCHINESE} "对话、设置和钥匙串中的密钥都保留。"
LangString KEPT ${LANG_ENGLISH} "Conversations, settings and the keys in the keyring are kept."

; A running program cannot be deleted: that is how it is noticed.
!macro EnsureClosed PREFIX
Function ${PREFIX}EnsureClosed
    again:
    ClearErrors
    IfFileExists "$INSTDIR\glmdesk-gui.exe" 0 done
    Rename "$INSTDIR\glmdesk-gui.exe" "$INSTDIR\glmdesk-gui.old"
    IfErrors 0 closed
    MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION "$(IN_USE)" /SD IDCANCEL IDRETRY again
    SetErrorLevel 2
    Abort
    closed:
    Rename "$INSTDIR\glmdesk-gui.old" "$INSTDIR\glmdesk-gui.exe"
    done:
FunctionEnd
!macroend
!insertmacro EnsureClosed ""
!insertmacro EnsureClosed "un."

Section "install"
    Call EnsureClosed
    ; Files of an older version that the new one lacks must not be loaded: its own list removes them.
    IfFileExists "$INSTDIR\uninstall.exe" 0 +2
    ExecWait '"$INSTDIR\uninstall.exe" /S _?=$INSTDIR'
    SetOutPath "$INSTDIR"
    File /r "${BUNDLE}/*"
    WriteUninstaller "$INSTDIR\uninstall.exe"
    CreateShortcut "$SMPROGRAMS\${NAME}.lnk" "$INSTDIR\glmdesk-gui.exe"
    WriteRegStr HKCU "${SCHEME}" "" "URL:GLM Desk"
    WriteRegStr HKCU "${SCHEME}" "URL Protocol" ""
    WriteRegStr HKCU "${SCHEME}\DefaultIcon" "" '"$INSTDIR\glmdesk-gui.exe",0'
    WriteRegStr HKCU "${SCHEME}\shell\open\command" "" '"$INSTDIR\glmdesk-gui.exe" "%1"'
    WriteRegStr HKCU "${UNINSTALL}" "DisplayName" "${NAME}"
    WriteRegStr HKCU "${UNINSTALL}" "DisplayVersion" "${VERSION}"
    WriteRegStr HKCU "${UNINSTALL}" "Publisher" "The GLM Desk authors"
    WriteRegStr HKCU "${UNINSTALL}" "DisplayIcon" "$INSTDIR\glmdesk-gui.exe"
    WriteRegStr HKCU "${UNINSTALL}" "InstallLocation" "$INSTDIR"
    WriteRegStr HKCU "${UNINSTALL}" "UninstallString" '"$INSTDIR\uninstall.exe"'
    WriteRegStr HKCU "${UNINSTALL}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
    WriteRegDWORD HKCU "${UNINSTALL}" "NoModify" 1
    WriteRegDWORD HKCU "${UNINSTALL}" "NoRepair" 1
    ${GetSize} "$INSTDIR" "/S=0K" $0 $1 $2
    IntFmt $0 "0x%08X" $0
    WriteRegDWORD HKCU "${UNINSTALL}" "EstimatedSize" "$0"
SectionEnd

Section "Uninstall"
    Call un.EnsureClosed
    !include "${REMOVAL}"
    Delete "$INSTDIR\uninstall.exe"
    RMDir "$INSTDIR"
    Delete "$SMPROGRAMS\${NAME}.lnk"
    DeleteRegKey HKCU "${SCHEME}"
    DeleteRegKey HKCU "${UNINSTALL}"
    DetailPrint "$(KEPT)"
SectionEnd
