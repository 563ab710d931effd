import Schema
import Values

/// A line of what a customer bought, gave back or paid: imported now, from invoices later.
enum SaleLine: ObjectType {
    static let key = "sale_line"
    static let fields = Fields()

    struct Fields: Sendable {
        let name = Field<String>("name", Label("Document no.", zh: "单据号"), .text(max: 100)) {
            $0.required = true
            $0.searchable = true
        }
        let customer = Field<RecordID>("customer", Label("Customer", zh: "客户"), .link(to: "customer")) {
            $0.required = true
        }
        let day = Field<Day>("day", Label("Day", zh: "日期"), .day) { $0.required = true }
        let kind = Field<String>("kind", Label("Kind", zh: "类型"), .choice(CostChoices.saleKinds)) {
            $0.required = true
            $0.defaultJSON = "\"sale\""
        }
        let product = Field<RecordID>("product", Label("Product", zh: "产品"), .link(to: "product"))
        let channel = Field<String>("channel", Label("Channel", zh: "渠道"), .choice(CostChoices.channels))
        let quantity = Field<Int64>("quantity", Label("Quantity", zh: "数量"), .decimal(scale: 3)) {
            $0.defaultJSON = "1"
        }
        let amount = Field<Money>("amount", Label("Amount", zh: "金额"), .money) {
            $0.required = true
            $0.help = Label("Before the discount.", zh: "折扣前金额。")
        }
        let discount = Field<Money>("discount", Label("Discount", zh: "折扣"), .money)
        let goods = Field<Money>("goods", Label("Cost of goods", zh: "产品成本"), .money)
        let reference = Field<String>("reference", Label("Line no.", zh: "行号"), .text(max: 60)) { $0.unique = true }
    }

    static let definition = ObjectDefinition.declared(
        key,
        plural: "sale_lines",
        Label("Sales line", zh: "销售明细"),
        many: Label("Sales lines", zh: "销售明细"),
        icon: "receipt",
        fields: [
            fields.name.definition, fields.customer.definition, fields.day.definition, fields.kind.definition,
            fields.product.definition, fields.channel.definition, fields.quantity.definition,
            fields.amount.definition, fields.discount.definition, fields.goods.definition,
            fields.reference.definition,
        ]
    ) {
        $0.parentLink = "customer"
        $0.listFields = ["name", "customer", "day", "kind", "product", "amount", "discount", "goods"]
        $0.indexes = [["customer", "day"], ["day"]]
    }
}
