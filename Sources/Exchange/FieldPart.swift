import Schema
import Values

/// A part of a field that has a column of its own in a file.
struct FieldPart {
    /// The name behind the dot.
    let key: String
    /// What a header adds to the field's name for this part; the labels of exports are among them.
    let aliases: [String]
    /// The text that the header of an export adds.
    let label: Label

    private init(_ key: String, _ label: Label, _ aliases: [String] = []) {
        self.key = key
        self.label = label
        self.aliases = [key, label.en, label.zh] + aliases
    }

    /// The parts of a field, in the order of its columns.
    static func parts(of field: FieldDefinition) -> [FieldPart] {
        switch field.kind {
        case .money: [value, currency]
        case .address: address
        case .link: [id]
        case .person: [id, name, email]
        case .anyLink: [id, objectPart]
        default: []
        }
    }

    static let id = FieldPart("id", Label("ID", zh: "编号"))
    static let name = FieldPart("name", Label("name", zh: "姓名"), ["名称"])
    static let email = FieldPart("email", Label("e-mail", zh: "邮箱"))
    static let value = FieldPart("value", Label("amount", zh: "数额"))
    static let currency = FieldPart("currency", Label("currency", zh: "币种"))
    static let objectPart = FieldPart("object", Label("object", zh: "对象"))
    static let address = [
        FieldPart("street", Label("street", zh: "详细地址"), ["街道"]),
        FieldPart("country", Label("country", zh: "国家")),
        FieldPart("province", Label("province", zh: "省份"), ["省", "state"]),
        FieldPart("city", Label("city", zh: "城市"), ["市"]),
        FieldPart("district", Label("district", zh: "区县"), ["区", "县"]),
        FieldPart("postal_code", Label("postal code", zh: "邮编"), ["zip", "邮政编码"]),
    ]
}
