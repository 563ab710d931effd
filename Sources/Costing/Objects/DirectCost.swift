import Schema
import Values

/// A cost that one customer caused: an expense, a gift, freight, a commission.
enum DirectCost: ObjectType {
    static let key = "direct_cost"
    static let fields = Fields()

    struct Fields: Sendable {
        let name = Field<String>("name", Label("Purpose", zh: "用途"), .text(max: 200)) {
            $0.required = true
            $0.searchable = true
        }
        let customer = Field<RecordID>("customer", Label("Customer", zh: "客户"), .link(to: "customer"))
        let day = Field<Day>("day", Label("Day", zh: "发生日期"), .day) { $0.required = true }
        let amount = Field<Money>("amount", Label("Amount", zh: "金额"), .money) { $0.required = true }
        let nature = Field<String>("nature", Label("Nature", zh: "费用性质"), .choice(CostChoices.natures)) {
            $0.required = true
            $0.defaultJSON = "\"expense\""
        }
        let category = Field<String>("category", Label("For", zh: "成本类别"), .choice(CostChoices.categories)) {
            $0.help = Label("Follows the nature where left empty.", zh: "留空则按费用性质自动归类。")
        }
        let state = Field<String>("state", Label("State", zh: "状态"), .choice(CostChoices.states)) {
            $0.readOnly = true
            $0.defaultJSON = "\"draft\""
        }
        let opportunity = Field<RecordID>("opportunity", Label("Opportunity", zh: "商机"), .link(to: "opportunity"))
        let product = Field<RecordID>("product", Label("Product", zh: "产品"), .link(to: "product"))
        let reason = Field<String>("reason", Label("Reason", zh: "原因代码"), .text(max: 100))
        let receipt = Field<RecordID>("receipt", Label("Receipt", zh: "票据附件"), .file)
        let decidedBy = Field<RecordID>("decided_by", Label("Decided by", zh: "审批人"), .person) { $0.readOnly = true }
        let decidedAt = Field<Instant>("decided_at", Label("Decided at", zh: "审批时间"), .instant) {
            $0.readOnly = true
        }
        let reference = Field<String>("reference", Label("Voucher no.", zh: "凭证号"), .text(max: 60)) {
            $0.searchable = true
            $0.unique = true
        }
    }

    static let definition = ObjectDefinition.declared(
        key,
        plural: "direct_costs",
        Label("Customer expense", zh: "客户费用"),
        many: Label("Customer expenses", zh: "客户费用"),
        icon: "banknote",
        fields: [
            fields.name.definition, fields.customer.definition, fields.day.definition, fields.amount.definition,
            fields.nature.definition, fields.category.definition, fields.state.definition,
            fields.opportunity.definition, fields.product.definition, fields.reason.definition,
            fields.receipt.definition, fields.decidedBy.definition, fields.decidedAt.definition,
            fields.reference.definition,
        ]
    ) {
        $0.parentLink = "customer"
        $0.listFields = ["name", "customer", "day", "amount", "nature", "category", "state", "owner"]
        $0.indexes = [["day"]]
    }
}
