import Schema
import Values

/// A version of what customers are charged for being looked after.
enum FeePolicy: ObjectType {
    static let key = "fee_policy"
    static let fields = Fields()

    struct Fields: Sendable {
        let name = Field<String>("name", Label("Name", zh: "名称"), .text(max: 100)) { $0.required = true }
        let state = Field<String>("state", Label("State", zh: "状态"), .choice(FeePolicy.states)) {
            $0.readOnly = true
            $0.defaultJSON = "\"draft\""
        }
        let validFrom = Field<Day>("valid_from", Label("Valid from", zh: "生效日期"), .day)
        let period = Field<String>("period", Label("Charged", zh: "计费周期"), .choice(FeePolicy.periods)) {
            $0.required = true
            $0.defaultJSON = "\"month\""
        }
        let byValue = Field<Bool>("by_value", Label("By value", zh: "按价值收费"), .boolean) {
            $0.defaultJSON = "false"
            $0.help = Label(
                "Higher tiers pay no less; checked for every customer there can be before it is put in force.",
                zh: "客户等级越高收费不得越低；批准生效前会对所有可能的客户情形逐一校验。"
            )
        }
        let number = Field<Int64>("number", Label("Version", zh: "版本号"), .integer) { $0.readOnly = true }
        let basedOn = Field<RecordID>("based_on", Label("Version before", zh: "上一版本"), .link(to: "fee_policy")) {
            $0.readOnly = true
        }
        let approvedBy = Field<RecordID>("approved_by", Label("Put in force by", zh: "批准人"), .person) {
            $0.readOnly = true
        }
        let approvedAt = Field<Instant>("approved_at", Label("Put in force at", zh: "批准时间"), .instant) {
            $0.readOnly = true
        }
        let note = Field<String>("note", Label("Reason and notice", zh: "依据与公示说明"), .longText(max: 4000)) {
            $0.help = Label(
                """
                Say why prices differ and how customers are told. Charges by automated profile must be transparent \
                and fair (PIPL art. 24).
                """,
                zh: "说明差别收费的依据和公示方式。按画像自动定价须公开透明、公平合理（个人信息保护法第二十四条）。"
            )
        }
    }

    static let states = [
        Choice("draft", Label("Draft", zh: "草稿")), Choice("active", Label("In force", zh: "生效")),
        Choice("retired", Label("Retired", zh: "已停用")),
    ]

    static let periods = [
        Choice("month", Label("Every month", zh: "按月")), Choice("quarter", Label("Every quarter", zh: "按季")),
        Choice("year", Label("Every year", zh: "按年")),
    ]

    static let definition = ObjectDefinition.declared(
        key,
        plural: "fee_policies",
        Label("Fee policy", zh: "收费政策"),
        many: Label("Fee policies", zh: "收费政策"),
        icon: "tag",
        fields: [
            fields.name.definition, fields.number.definition, fields.state.definition, fields.period.definition,
            fields.byValue.definition, fields.validFrom.definition, fields.basedOn.definition,
            fields.approvedBy.definition,
            fields.approvedAt.definition, fields.note.definition,
        ]
    ) { $0.listFields = ["name", "number", "state", "period", "valid_from", "approved_by"] }
}

/// One rule of a fee policy.
enum FeeRule: ObjectType {
    static let key = "fee_rule"
    static let fields = Fields()

    struct Fields: Sendable {
        let name = Field<String>("name", Label("Name", zh: "名称"), .text(max: 100)) { $0.required = true }
        let policy = Field<RecordID>("policy", Label("Fee policy", zh: "收费政策"), .link(to: "fee_policy")) {
            $0.required = true
        }
        let place = Field<Int64>("place", Label("Order", zh: "顺序"), .integer) { $0.defaultJSON = "1" }
        let tier = Field<String>("tier", Label("Tier", zh: "客户等级"), .text(max: 40)) {
            $0.help = Label("Empty for all.", zh: "留空表示全部。")
        }
        let level = Field<String>("level", Label("Service level", zh: "服务等级"), .text(max: 40))
        let fewest = Field<Int64>("fewest", Label("Purchases from", zh: "购买次数下限"), .integer)
        let most = Field<Int64>("most", Label("Purchases to", zh: "购买次数上限"), .integer)
        let base = Field<String>("base", Label("By", zh: "计费方式"), .choice(CostChoices.feeBases)) {
            $0.required = true
            $0.defaultJSON = "\"fixed\""
        }
        let amount = Field<Money>("amount", Label("Amount", zh: "金额"), .money)
        /// Hundredths of per cent.
        let percent = Field<Int64>("percent", Label("Per cent", zh: "比例（%）"), .decimal(scale: 2))
        let allowance = Field<Int64>("allowance", Label("Free minutes", zh: "免费分钟"), .integer)
        let cap = Field<Money>("cap", Label("At most", zh: "封顶"), .money)
        let floor = Field<Money>("floor", Label("At least", zh: "保底"), .money)
        let term = Field<Int64>("term", Label("Minimum term (months)", zh: "最短服务期（月）"), .integer) {
            $0.help = Label(
                "A customer with an agreement pays for so many months from its first day, also if it ends earlier.",
                zh: "有服务约定的客户自起始日起至少计费满该月数，提前结束也照收。"
            )
        }
        let notice = Field<Int64>("notice", Label("Notice (months)", zh: "提前通知期（月）"), .integer) {
            $0.help = Label(
                "After it is given up an agreement goes on to the end of the month that is so many months later.",
                zh: "客户提出解约后，继续计费至通知期满当月月底。"
            )
        }
    }

    static let definition = ObjectDefinition.declared(
        key,
        plural: "fee_rules",
        Label("Fee rule", zh: "收费规则"),
        many: Label("Fee rules", zh: "收费规则"),
        icon: "list",
        fields: [
            fields.name.definition, fields.policy.definition, fields.place.definition, fields.tier.definition,
            fields.level.definition, fields.fewest.definition, fields.most.definition, fields.base.definition,
            fields.amount.definition, fields.percent.definition, fields.allowance.definition, fields.cap.definition,
            fields.floor.definition, fields.term.definition, fields.notice.definition,
        ]
    ) {
        $0.parentLink = "policy"
        $0.listFields = ["name", "place", "tier", "level", "base", "amount", "percent", "allowance", "term"]
        $0.rules = [
            ValidationRule(
                id: "fee_rule.term",
                expression: """
                    (term is empty or term between 0 and 120) and (notice is empty or notice between 0 and 24)
                    """,
                message: Label(
                    "A minimum term is up to 120 months, notice up to 24.",
                    zh: "最短服务期不超过 120 个月，提前通知期不超过 24 个月。"
                ),
                field: "term"
            )
        ]
    }
}
