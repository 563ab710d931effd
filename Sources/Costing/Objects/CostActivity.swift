import Schema
import Values

/// A kind of work that records tell of: which records, which pool does it, and how long it takes.
enum CostActivity: ObjectType {
    static let key = "cost_activity"
    static let fields = Fields()

    struct Fields: Sendable {
        let name = Field<String>("name", Label("Name", zh: "作业名称"), .text(max: 100)) {
            $0.required = true
            $0.searchable = true
        }
        let pool = Field<RecordID>("pool", Label("Cost pool", zh: "成本池"), .link(to: "cost_pool")) {
            $0.required = true
        }
        let category = Field<String>("category", Label("For", zh: "成本类别"), .choice(CostChoices.categories)) {
            $0.required = true
        }
        let source = Field<String>("source", Label("Records", zh: "来源对象"), .text(max: 60)) {
            $0.required = true
            $0.defaultJSON = "\"activity\""
            $0.help = Label("The key of an object, such as activity.", zh: "对象的标识，例如 activity。")
        }
        let condition = Field<String>("condition", Label("Which of them", zh: "适用条件"), .text(max: 1000)) {
            $0.help = Label("An expression, such as kind = \"visit\".", zh: "条件表达式，例如 kind = \"visit\"。")
        }
        let minutes = Field<String>("minutes", Label("Minutes each", zh: "时间方程（分钟）"), .text(max: 1000)) {
            $0.required = true
            $0.help = Label(
                "A number or an expression, such as 6 + if(kind = \"call\", 15, 0).",
                zh: "数字或表达式，例如 6 + if(kind = \"call\", 15, 0)。"
            )
        }
        let logged = Field<String>("logged", Label("Logged minutes", zh: "实际用时字段"), .text(max: 60)) {
            $0.help = Label(
                "The field that holds minutes where they were logged; they count before the equation.",
                zh: "记录实际分钟数的字段；有实际用时则优先于时间方程。"
            )
        }
        let customer = Field<String>("customer", Label("Customer field", zh: "客户字段"), .text(max: 60)) {
            $0.defaultJSON = "\"customer\""
        }
        let moment = Field<String>("moment", Label("Time field", zh: "时间字段"), .text(max: 60)) {
            $0.defaultJSON = "\"happened_at\""
        }
        let product = Field<String>("product", Label("Product field", zh: "产品字段"), .text(max: 60)) {
            $0.help = Label("A link to a product, for what each product costs.", zh: "指向产品的关联字段，用于按产品分析。")
        }
        let reason = Field<String>("reason", Label("Reason", zh: "原因"), .text(max: 400)) {
            $0.help = Label(
                "An expression that names the reason, such as the code of a complaint.",
                zh: "说明原因的表达式，例如投诉代码。"
            )
        }
        let active = Field<Bool>("active", Label("In use", zh: "启用"), .boolean) { $0.defaultJSON = "true" }
    }

    static let definition = ObjectDefinition.declared(
        key,
        plural: "cost_activities",
        Label("Costed activity", zh: "作业"),
        many: Label("Costed activities", zh: "作业"),
        icon: "clock",
        fields: [
            fields.name.definition, fields.pool.definition, fields.category.definition, fields.source.definition,
            fields.condition.definition, fields.minutes.definition, fields.logged.definition,
            fields.customer.definition, fields.moment.definition, fields.product.definition,
            fields.reason.definition, fields.active.definition,
        ]
    ) { $0.listFields = ["name", "pool", "category", "source", "condition", "minutes", "active"] }
}
