import Values

/// The words of imports that belong to no component.
enum ImportWords {
    static let fromFile = Label("From Excel, CSV, vCard or JSON Lines", zh: "从 Excel、CSV、vCard 或 JSON Lines 文件导入")
    static let source = Label("ID in the system it comes from", zh: "原系统编号")
    static let trial = Label("Trial", zh: "试运行")
    static let noFile = Label("Choose a file first.", zh: "请先选择文件。")
    static let draftGone = Label("The uploaded file is no longer there. Upload it again.", zh: "上传的文件已过期，请重新上传。")
    static let cancel = Label("Stop this import", zh: "停止导入")
    static let cancelled = Label("Stopped. What was imported stays.", zh: "已停止，已导入的数据保留。")
    static let otherColumns = Label("Change the columns", zh: "返回修改匹配")
}
