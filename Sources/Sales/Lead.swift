public import Schema
public import Values

/// Somebody who may become a customer and has not been looked into yet.
public enum Lead: ObjectType {
    /// The object's key.
    public static let key = "lead"
    /// The fields.
    public static let fields = Fields()

    /// The fields that the program knows by name.
    public struct Fields: Sendable {
        /// The person's name.
        public let name = Field<String>("name", Label("Name", zh: "姓名"), .text(max: 100)) {
            $0.required = true
            $0.searchable = true
        }
        /// The company's name; empty for a private person.
        public let company = Field<String>("company", Label("Company", zh: "公司名称"), .text(max: 200)) {
            $0.searchable = true
        }
        /// How far it has been looked into.
        public let status = Field<String>("status", Label("Status", zh: "线索状态"), .choice(Lead.statuses)) {
            $0.required = true
            $0.defaultJSON = "\"new\""
        }
        /// Where it came from.
        public let source = Field<String>("source", Label("Source", zh: "线索来源"), .choice(SalesChoices.sources))
        /// The person's position.
        public let title = Field<String>("title", Label("Position", zh: "职务"), .text(max: 100))
        /// The mobile number.
        public let mobile = Field<String>("mobile", Label("Mobile", zh: "手机"), .phone) {
            $0.searchable = true
            $0.indexed = true
        }
        /// The other number.
        public let phone = Field<String>("phone", Label("Phone", zh: "电话"), .phone) {
            $0.searchable = true
            $0.indexed = true
        }
        /// The e-mail address.
        public let email = Field<String>("email", Label("E-mail", zh: "邮箱"), .email) {
            $0.searchable = true
            $0.indexed = true
        }
        /// The WeChat id.
        public let wechat = Field<String>("wechat", Label("WeChat", zh: "微信号"), .text(max: 60)) {
            $0.searchable = true
        }
        /// The web site.
        public let website = Field<String>("website", Label("Website", zh: "网址"), .url)
        /// The address.
        public let address = Field<String>("address", Label("Address", zh: "地址"), .address) {
            $0.indexed = true
        }
        /// What is needed.
        public let need = Field<String>("need", Label("Need", zh: "需求描述"), .longText(max: 4000)) {
            $0.searchable = true
        }
        /// What may be spent.
        public let budget = Field<Money>("budget", Label("Budget", zh: "预算"), .money)
        /// When it is wanted.
        public let wantedOn = Field<Day>("wanted_on", Label("Wanted by", zh: "期望时间"), .day)
        /// Why it leads nowhere.
        public let invalidReason = Field<String>(
            "invalid_reason",
            Label("Why invalid", zh: "无效原因"),
            .choice(Lead.invalidReasons)
        ) { $0.shownWhen = .init("status", in: ["invalid"]) }
        /// When we want to be in touch next.
        public let nextContactOn = Field<Day>("next_contact_on", Label("Next contact", zh: "下次跟进"), .day)
        /// Free tags.
        public let tags = Field<String>("tags", Label("Tags", zh: "标签"), .tags) { $0.searchable = true }
        /// Notes.
        public let description = Field<String>("description", Label("Notes", zh: "备注"), .longText(max: 20_000)) {
            $0.searchable = true
        }
        /// When it was converted.
        public let convertedAt = Field<Instant>("converted_at", Label("Converted at", zh: "转化时间"), .instant) {
            $0.readOnly = true
        }
        /// The customer that it became.
        public let convertedCustomer = Field<RecordID>(
            "converted_customer",
            Label("Became customer", zh: "转化客户"),
            .link(to: "customer")
        ) { $0.readOnly = true }
        /// The contact that it became.
        public let convertedContact = Field<RecordID>(
            "converted_contact",
            Label("Became contact", zh: "转化联系人"),
            .link(to: "contact")
        ) { $0.readOnly = true }
        /// The opportunity that came of it.
        public let convertedOpportunity = Field<RecordID>(
            "converted_opportunity",
            Label("Became opportunity", zh: "转化商机"),
            .link(to: "opportunity")
        ) { $0.readOnly = true }
    }

    /// How far a lead has been looked into.
    public static let statuses = [
        Choice("new", Label("New", zh: "未处理")),
        Choice("contacted", Label("Contacted", zh: "已联系")),
        Choice("qualified", Label("Qualified", zh: "有效线索")),
        Choice("converted", Label("Converted", zh: "已转化")),
        Choice("invalid", Label("Invalid", zh: "无效线索")),
    ]

    /// Why a lead leads nowhere.
    public static let invalidReasons = [
        Choice("wrong_data", Label("Wrong contact data", zh: "联系方式有误")),
        Choice("no_need", Label("No need", zh: "无需求")),
        Choice("no_budget", Label("No budget", zh: "无预算")),
        Choice("no_response", Label("No response", zh: "联系不上")),
        Choice("duplicate", Label("Duplicate", zh: "重复线索")),
        Choice("competitor", Label("Competitor", zh: "同行")),
        Choice("other", Label("Other", zh: "其他")),
    ]

    /// The object as the engine reads it.
    public static let definition = ObjectDefinition.declared(
        key,
        plural: "leads",
        Label("Lead", zh: "线索"),
        many: Label("Leads", zh: "线索"),
        icon: "sprout",
        fields: [
            fields.name.definition, fields.company.definition, fields.status.definition, fields.source.definition,
            fields.title.definition, fields.mobile.definition, fields.phone.definition, fields.email.definition,
            fields.wechat.definition, fields.website.definition, fields.address.definition, fields.need.definition,
            fields.budget.definition, fields.wantedOn.definition, fields.invalidReason.definition,
            fields.nextContactOn.definition, fields.tags.definition, fields.description.definition,
            fields.convertedAt.definition, fields.convertedCustomer.definition, fields.convertedContact.definition,
            fields.convertedOpportunity.definition,
        ]
    ) {
        $0.listFields = ["name", "company", "status", "source", "mobile", "need", "owner", "created_at"]
        $0.keptSums = [KeptSum(hoursOf: "created_at")]
    }
}
