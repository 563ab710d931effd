import Values

/// The words of files that belong to no component.
enum FileWords {
    static let limit = Label("Largest file (MB)", zh: "单个文件上限（MB）")
    static let allowed = Label("Dangerous kinds that are allowed", zh: "允许上传的危险文件类型")
    static let allowedHelp = Label(
        "Usually empty. «page», «program», «script», with commas.",
        zh: "一般留空；可填 page（网页）、program（程序）、script（脚本），用逗号分隔。"
    )
    static let noFile = Label("Choose a file first.", zh: "请先选择文件。")
    static let restored = Label("The file is back.", zh: "附件已恢复。")
    static func added(_ count: Int) -> Label { Label("\(count) files added.", zh: "已添加 \(count) 个附件。") }
    static func deleted(_ name: String) -> Label { Label("«\(name)» is deleted.", zh: "已删除附件“\(name)”。") }
}
