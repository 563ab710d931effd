import Schema
import Values

/// Money spent on a channel or campaign in a month.
enum ChannelSpend: ObjectType {
    static let key = "channel_spend"
    static let fields = Fields()

    struct Fields: Sendable {
        let name = Field<String>("name", Label("Purpose", zh: "说明"), .text(max: 200)) {
            $0.required = true
            $0.searchable = true
        }
        let channel = Field<String>("channel", Label("Channel", zh: "渠道"), .choice(CostChoices.channels)) {
            $0.required = true
        }
        let campaign = Field<String>("campaign", Label("Campaign", zh: "营销活动"), .text(max: 100)) {
            $0.help = Label(
                "Where given, only touches of this campaign bear it.",
                zh: "填写后，只由该活动带来的触点分摊。"
            )
        }
        let day = Field<Day>("day", Label("Month", zh: "所属月份"), .day) { $0.required = true }
        let amount = Field<Money>("amount", Label("Amount", zh: "金额"), .money) { $0.required = true }
        let nature = Field<String>("nature", Label("Nature", zh: "费用性质"), .choice(CostChoices.natures)) {
            $0.required = true
            $0.defaultJSON = "\"ads\""
        }
        let reference = Field<String>("reference", Label("Voucher no.", zh: "凭证号"), .text(max: 60)) {
            $0.unique = true
            $0.searchable = true
        }
    }

    static let definition = ObjectDefinition.declared(
        key,
        plural: "channel_spends",
        Label("Channel spend", zh: "渠道投放"),
        many: Label("Channel spend", zh: "渠道投放"),
        icon: "banknote",
        fields: [
            fields.name.definition, fields.channel.definition, fields.campaign.definition, fields.day.definition,
            fields.amount.definition, fields.nature.definition, fields.reference.definition,
        ]
    ) {
        $0.listFields = ["name", "channel", "campaign", "day", "amount", "nature"]
        $0.indexes = [["day"]]
    }
}

/// A moment at which somebody met us: an ad, an event, a referral.
enum Touch: ObjectType {
    static let key = "touch"
    static let fields = Fields()

    struct Fields: Sendable {
        let name = Field<String>("name", Label("Name", zh: "名称"), .text(max: 200)) { $0.readOnly = true }
        let customer = Field<RecordID>("customer", Label("Customer", zh: "客户"), .link(to: "customer"))
        let lead = Field<RecordID>("lead", Label("Lead", zh: "线索"), .link(to: "lead"))
        let channel = Field<String>("channel", Label("Channel", zh: "渠道"), .choice(CostChoices.channels)) {
            $0.required = true
        }
        let campaign = Field<String>("campaign", Label("Campaign", zh: "营销活动"), .text(max: 100))
        let kind = Field<String>("kind", Label("Kind", zh: "触点类型"), .choice(CostChoices.touchKinds)) {
            $0.required = true
            $0.defaultJSON = "\"contact\""
        }
        let happenedAt = Field<Instant>("happened_at", Label("Time", zh: "时间"), .instant) { $0.required = true }
        let landing = Field<String>("landing", Label("Address they came by", zh: "落地页网址"), .text(max: 2000)) {
            $0.help = Label(
                "With utm_source, utm_medium and utm_campaign: channel and campaign are read from it where left empty.",
                zh: "含 utm_source、utm_medium、utm_campaign 时，未填写的渠道和营销活动将自动识别。"
            )
        }
        let source = Field<String>("source", Label("Source", zh: "来源（utm_source）"), .text(max: 100))
        let medium = Field<String>("medium", Label("Medium", zh: "媒介（utm_medium）"), .text(max: 100))
        let first = Field<Bool>("first", Label("First touch", zh: "首次触点"), .boolean) { $0.readOnly = true }
    }

    static let definition = ObjectDefinition.declared(
        key,
        plural: "touches",
        Label("Touch", zh: "营销触点"),
        many: Label("Touches", zh: "营销触点"),
        icon: "target",
        fields: [
            fields.name.definition, fields.customer.definition, fields.lead.definition, fields.channel.definition,
            fields.campaign.definition, fields.kind.definition, fields.happenedAt.definition, fields.first.definition,
            fields.landing.definition, fields.source.definition, fields.medium.definition,
        ]
    ) {
        $0.parentLink = "customer"
        $0.listFields = ["name", "customer", "lead", "channel", "campaign", "happened_at", "first"]
        $0.indexes = [["customer", "happened_at"], ["lead"], ["happened_at"]]
    }
}
