import Schema
public import Values

/// The words of forms.
public enum FormTexts {
    /// The currency beside an amount.
    public static let currency = Label("Currency", zh: "币种")
    /// The parts of an address.
    public static let country = Label("Country", zh: "国家/地区")
    /// The parts of an address.
    public static let province = Label("Province", zh: "省/自治区/直辖市")
    /// The parts of an address.
    public static let city = Label("City", zh: "城市")
    /// The parts of an address.
    public static let district = Label("District", zh: "区/县")
    /// The parts of an address.
    public static let street = Label("Street", zh: "详细地址")
    /// The parts of an address.
    public static let postalCode = Label("Postal code", zh: "邮政编码")
    /// How tags are typed.
    public static let tagsHint = Label("Separate tags with commas.", zh: "多个标签用逗号隔开。")
    /// How an address is typed.
    public static let addressHint = Label(
        "A whole address in one line can go into the street; it is split when you save.",
        zh: "可将完整地址粘贴到“详细地址”，保存时自动识别省、市、区县和邮编。"
    )
    /// How linked records are typed.
    public static let linkHint = Label("Type a name or an ID", zh: "输入名称或编号")
    /// How people are typed.
    public static let personHint = Label("Type a name or an e-mail address", zh: "输入姓名或邮箱")
    /// The object of a link to any record.
    public static let object = Label("Kind of record", zh: "记录类型")
    /// The file that is stored now.
    public static let currentFile = Label("Stored now", zh: "当前文件")
    /// Takes the stored file away.
    public static let removeFile = Label("Remove the file", zh: "移除文件")

    /// A label with what it belongs to, for the parts of one field.
    public static func part(_ field: Label, _ part: Label) -> Label {
        Label("\(field.en): \(part.en.lowercased())", zh: "\(field.zh)：\(part.zh)")
    }
}
