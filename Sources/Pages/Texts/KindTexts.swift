public import Values

/// The names of the kinds of fields.
public enum KindTexts {
    /// A kind of field, by its name in the API: `text`, `choice`, `auto_number`.
    public static func name(_ kind: String) -> Label {
        names.first { $0.0 == kind }?.1 ?? Label(kind, zh: kind)
    }

    /// The kinds that an administrator may choose for a new field, in order.
    public static let names: [(String, Label)] = [
        ("text", Label("Text", zh: "单行文本")), ("long_text", Label("Long text", zh: "多行文本")),
        ("number", Label("Whole number", zh: "整数")), ("decimal", Label("Decimal number", zh: "小数")),
        ("money", Label("Amount of money", zh: "金额")), ("date", Label("Date", zh: "日期")),
        ("instant", Label("Date and time", zh: "日期时间")), ("choice", Label("Choice", zh: "单选")),
        ("multi_choice", Label("Several choices", zh: "多选")), ("boolean", Label("Yes or no", zh: "是/否")),
        ("link", Label("Link to a record", zh: "关联记录")), ("any_link", Label("Link to any record", zh: "关联任意记录")),
        ("phone", Label("Phone", zh: "电话")), ("email", Label("E-mail", zh: "邮箱")),
        ("address", Label("Address", zh: "地址")), ("url", Label("Web address", zh: "网址")),
        ("person", Label("User", zh: "成员")), ("file", Label("File", zh: "附件")), ("tags", Label("Tags", zh: "标签")),
        ("formula", Label("Formula", zh: "公式")), ("roll_up", Label("Roll-up", zh: "汇总")),
        ("auto_number", Label("Automatic number", zh: "自动编号")),
    ]
}
