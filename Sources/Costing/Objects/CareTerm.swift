import Schema
import Values

/// A value tier with its borders: from what a customer earns us in twelve months it rises into it and falls out of it.
enum ValueTier: ObjectType {
    static let key = "value_tier"
    static let fields = Fields()

    struct Fields: Sendable {
        let name = Field<String>("name", Label("Tier", zh: "等级"), .text(max: 40)) {
            $0.required = true
            $0.unique = true
        }
        let riseAt = Field<Money>("rise_at", Label("Rises from", zh: "升级线"), .money) {
            $0.help = Label(
                "Profit of twelve months. Empty for the lowest tier, which takes everybody else.",
                zh: "近十二个月利润达到即升级；最低等级留空，其余客户都归入。"
            )
        }
        let fallBelow = Field<Money>("fall_below", Label("Falls below", zh: "降级线"), .money) {
            $0.help = Label(
                "Below this for two months a customer falls. Keep it under the other border, so that nobody is tossed about.",
                zh: "连续两个月低于此值才降级。应低于升级线，避免客户反复升降。"
            )
        }
        let service = Field<String>("service", Label("What they get", zh: "服务标准"), .longText(max: 2000))
    }

    static let definition = ObjectDefinition.declared(
        key,
        plural: "value_tiers",
        Label("Value tier", zh: "客户等级"),
        many: Label("Value tiers", zh: "客户等级"),
        icon: "tag",
        fields: [
            fields.name.definition, fields.riseAt.definition, fields.fallBelow.definition, fields.service.definition,
        ]
    ) { $0.listFields = ["name", "rise_at", "fall_below", "service"] }
}

/// What was agreed with a customer about its care: a tier set by hand, a service level, no fee, until a day.
enum CareTerm: ObjectType {
    static let key = "care_term"
    static let fields = Fields()

    struct Fields: Sendable {
        let name = Field<String>("name", Label("Reason", zh: "原因"), .text(max: 200)) {
            $0.required = true
            $0.searchable = true
        }
        let customer = Field<RecordID>("customer", Label("Customer", zh: "客户"), .link(to: "customer")) {
            $0.required = true
        }
        let tier = Field<String>("tier", Label("Tier set by hand", zh: "人工指定等级"), .text(max: 40)) {
            $0.help = Label("Empty: the tier follows from the profit.", zh: "留空则按利润自动评级。")
        }
        let level = Field<String>("level", Label("Service level", zh: "服务等级"), .text(max: 40))
        let managed = Field<Int64>("managed", Label("Customers managed for it", zh: "代管客户数"), .integer)
        let waived = Field<Bool>("waived", Label("No fee", zh: "免收管理费"), .boolean) { $0.defaultJSON = "false" }
        let from = Field<Day>("valid_from", Label("From", zh: "开始日期"), .day)
        let until = Field<Day>("until", Label("Until", zh: "到期日"), .day) { $0.required = true }
        let cancelled = Field<Day>("cancelled_on", Label("Given up on", zh: "提出解约日期"), .day) {
            $0.help = Label(
                "The fee goes on through the notice and the minimum term of its rule.",
                zh: "管理费会按收费规则的通知期和最短服务期继续计收。"
            )
        }
    }

    static let definition = ObjectDefinition.declared(
        key,
        plural: "care_terms",
        Label("Care agreement", zh: "服务约定"),
        many: Label("Care agreements", zh: "服务约定"),
        icon: "note",
        fields: [
            fields.name.definition, fields.customer.definition, fields.tier.definition, fields.level.definition,
            fields.managed.definition, fields.waived.definition, fields.from.definition, fields.until.definition,
            fields.cancelled.definition,
        ]
    ) {
        $0.parentLink = "customer"
        $0.listFields = ["customer", "name", "tier", "level", "waived", "until", "cancelled_on"]
        $0.rules = [
            ValidationRule(
                id: "care_term.days",
                expression: """
                    valid_from is empty or (until >= valid_from and (cancelled_on is empty or cancelled_on >= valid_from))
                    """,
                message: Label("An agreement begins before it ends.", zh: "开始日期不能晚于到期日或解约日期。"),
                field: "until"
            )
        ]
    }
}

/// A fee of a customer for a period, with its explanation. Billing invoices what was approved.
enum ChargeLine: ObjectType {
    static let key = "charge_line"
    static let fields = Fields()

    struct Fields: Sendable {
        let name = Field<String>("name", Label("Period", zh: "期间"), .text(max: 100)) {
            $0.required = true
            $0.searchable = true
        }
        let customer = Field<RecordID>("customer", Label("Customer", zh: "客户"), .link(to: "customer")) {
            $0.required = true
        }
        let policy = Field<RecordID>("policy", Label("Fee policy", zh: "收费政策"), .link(to: "fee_policy"))
        let day = Field<Day>("day", Label("Day", zh: "日期"), .day) { $0.required = true }
        let amount = Field<Money>("amount", Label("Fee", zh: "管理费"), .money) { $0.required = true }
        let tier = Field<String>("tier", Label("Tier", zh: "客户等级"), .text(max: 40))
        let explanation = Field<String>("explanation", Label("Why", zh: "计费说明"), .longText(max: 4000))
        let state = Field<String>("state", Label("State", zh: "状态"), .choice(ChargeLine.states)) {
            $0.readOnly = true
            $0.defaultJSON = "\"draft\""
        }
        let decidedBy = Field<RecordID>("decided_by", Label("Decided by", zh: "审批人"), .person) { $0.readOnly = true }
        let decidedAt = Field<Instant>("decided_at", Label("Decided at", zh: "审批时间"), .instant) {
            $0.readOnly = true
        }
        let reference = Field<String>("reference", Label("Line no.", zh: "行号"), .text(max: 60)) {
            $0.unique = true
        }
    }

    static let states = [
        Choice("draft", Label("Draft", zh: "草稿")), Choice("approved", Label("Approved, to be invoiced", zh: "已审批，待开票")),
        Choice("waived", Label("Waived", zh: "已减免")), Choice("invoiced", Label("Invoiced", zh: "已开票")),
    ]

    static let definition = ObjectDefinition.declared(
        key,
        plural: "charge_lines",
        Label("Fee to be charged", zh: "管理费明细"),
        many: Label("Fees to be charged", zh: "管理费明细"),
        icon: "receipt",
        fields: [
            fields.name.definition, fields.customer.definition, fields.policy.definition, fields.day.definition,
            fields.amount.definition, fields.tier.definition, fields.explanation.definition, fields.state.definition,
            fields.decidedBy.definition, fields.decidedAt.definition, fields.reference.definition,
        ]
    ) {
        $0.parentLink = "customer"
        $0.listFields = ["name", "customer", "amount", "tier", "state", "day"]
        $0.indexes = [["day"]]
    }
}
