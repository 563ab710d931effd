import Schema
import Values

/// What may be spent in a month on a pool, a channel or a nature of costs.
enum CostBudget: ObjectType {
    static let key = "cost_budget"
    static let fields = Fields()

    struct Fields: Sendable {
        let name = Field<String>("name", Label("Name", zh: "名称"), .text(max: 100)) { $0.required = true }
        let day = Field<Day>("day", Label("Month", zh: "所属月份"), .day) { $0.required = true }
        let kind = Field<String>("kind", Label("Budget of", zh: "预算对象"), .choice(CostBudget.kinds)) {
            $0.required = true
            $0.defaultJSON = "\"pool\""
        }
        let pool = Field<RecordID>("pool", Label("Cost pool", zh: "成本池"), .link(to: "cost_pool"))
        let channel = Field<String>("channel", Label("Channel", zh: "渠道"), .choice(CostChoices.channels))
        let nature = Field<String>("nature", Label("Nature", zh: "费用性质"), .choice(CostChoices.natures))
        let amount = Field<Money>("amount", Label("Budget", zh: "预算"), .money) { $0.required = true }
    }

    static let kinds = [
        Choice("pool", Label("Cost pool", zh: "成本池")), Choice("channel", Label("Channel spend", zh: "渠道投放")),
        Choice("nature", Label("Customer expenses", zh: "客户费用")),
    ]

    static let definition = ObjectDefinition.declared(
        key,
        plural: "cost_budgets",
        Label("Budget", zh: "费用预算"),
        many: Label("Budgets", zh: "费用预算"),
        icon: "banknote",
        fields: [
            fields.name.definition, fields.day.definition, fields.kind.definition, fields.pool.definition,
            fields.channel.definition, fields.nature.definition, fields.amount.definition,
        ]
    ) {
        $0.listFields = ["name", "day", "kind", "pool", "channel", "nature", "amount"]
        $0.indexes = [["day"]]
        $0.rules = [
            ValidationRule(
                id: "cost_budget.of",
                expression: """
                    (kind = "pool" and pool is not empty) or (kind = "channel" and channel is not empty) \
                    or (kind = "nature" and nature is not empty)
                    """,
                message: Label("Say which pool, channel or nature.", zh: "请选择对应的成本池、渠道或费用性质。")
            )
        ]
    }
}

/// One item of what it costs to have a system: bought, subscribed to or built.
enum OwnershipItem: ObjectType {
    static let key = "ownership_item"
    static let fields = Fields()

    struct Fields: Sendable {
        let name = Field<String>("name", Label("Item", zh: "项目"), .text(max: 100)) { $0.required = true }
        let way = Field<String>("way", Label("Way", zh: "方式"), .choice(OwnershipItem.ways)) { $0.required = true }
        let rhythm = Field<String>("rhythm", Label("Paid", zh: "付款方式"), .choice(OwnershipItem.rhythms)) {
            $0.required = true
            $0.defaultJSON = "\"yearly\""
        }
        let low = Field<Money>("low", Label("At least", zh: "最低"), .money)
        let likely = Field<Money>("likely", Label("Most likely", zh: "最可能"), .money) { $0.required = true }
        let high = Field<Money>("high", Label("At most", zh: "最高"), .money)
        /// Hundredths of per cent.
        let growth = Field<Int64>("growth", Label("Grows a year (%)", zh: "年增长（%）"), .decimal(scale: 2))
        let firstYear = Field<Int64>("first_year", Label("From year", zh: "起始年"), .integer) {
            $0.defaultJSON = "1"
            $0.help = Label("1 is the first year.", zh: "1 表示第一年。")
        }
    }

    static let ways = [
        Choice("buy", Label("Buy", zh: "购买")), Choice("subscribe", Label("Subscribe", zh: "订阅")),
        Choice("build", Label("Build", zh: "自建")),
    ]
    static let rhythms = [
        Choice("once", Label("Once", zh: "一次性")), Choice("yearly", Label("Every year", zh: "每年")),
        Choice("per_user", Label("Every year for each person", zh: "每人每年")),
    ]

    static let definition = ObjectDefinition.declared(
        key,
        plural: "ownership_items",
        Label("Cost of a system", zh: "系统成本项"),
        many: Label("Costs of systems", zh: "系统成本项"),
        icon: "box",
        fields: [
            fields.name.definition, fields.way.definition, fields.rhythm.definition, fields.low.definition,
            fields.likely.definition, fields.high.definition, fields.growth.definition, fields.firstYear.definition,
        ]
    ) { $0.listFields = ["name", "way", "rhythm", "low", "likely", "high", "growth"] }
}
