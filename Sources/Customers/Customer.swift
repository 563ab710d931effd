public import Schema
public import Values

/// A company or a person that we serve or want to serve.
public enum Customer: ObjectType {
    /// The object's key.
    public static let key = "customer"
    /// The fields.
    public static let fields = Fields()

    /// The fields that the program knows by name.
    public struct Fields: Sendable {
        /// The name of the company or person.
        public let name = Field<String>("name", Label("Name", zh: "客户名称"), .text(max: 200)) {
            $0.required = true
            $0.searchable = true
        }
        /// Company or person; decides which fields are asked.
        public let type = Field<String>("type", Label("Type", zh: "客户类型"), .choice(Customer.types)) {
            $0.required = true
            $0.defaultJSON = "\"company\""
        }
        /// Where the relation stands.
        public let status = Field<String>("status", Label("Status", zh: "客户状态"), .choice(Customer.statuses)) {
            $0.required = true
            $0.defaultJSON = "\"potential\""
        }
        /// How important the customer is.
        public let level = Field<String>("level", Label("Level", zh: "客户级别"), .choice(Customer.levels))
        /// Where we got to know each other.
        public let source = Field<String>("source", Label("Source", zh: "客户来源"), .choice(Customer.sources))
        /// Our own number of the customer, for imports.
        public let code = Field<String>("code", Label("Customer no.", zh: "客户编号"), .text(max: 40)) {
            $0.personal = false
            $0.unique = true
            $0.searchable = true
        }
        /// The switchboard or the person's number.
        public let phone = Field<String>("phone", Label("Phone", zh: "电话"), .phone) {
            $0.searchable = true
            $0.indexed = true
        }
        /// The general e-mail address.
        public let email = Field<String>("email", Label("E-mail", zh: "邮箱"), .email) {
            $0.searchable = true
            $0.indexed = true
        }
        /// The web site.
        public let website = Field<String>("website", Label("Website", zh: "网址"), .url) { $0.searchable = true }
        /// The postal address.
        public let address = Field<PostalAddress>("address", Label("Address", zh: "地址"), .address) {
            $0.indexed = true
        }
        /// Company: the line of business.
        public let industry = Field<String>("industry", Label("Industry", zh: "所属行业"), .choice(Customer.industries)) {
            $0.shownWhen = .init("type", in: ["company"])
        }
        /// Company: the unified social credit code, 18 characters with check digit.
        public let creditCode = Field<String>(
            "credit_code",
            Label("Unified social credit code", zh: "统一社会信用代码"),
            .text(max: 18)
        ) {
            $0.unique = true
            $0.searchable = true
            $0.shownWhen = .init("type", in: ["company"])
        }
        /// Company: who represents it by law.
        public let legalRepresentative = Field<String>(
            "legal_representative",
            Label("Legal representative", zh: "法定代表人"),
            .text(max: 100)
        ) { $0.shownWhen = .init("type", in: ["company"]) }
        /// Company: the registered capital.
        public let registeredCapital = Field<Money>(
            "registered_capital",
            Label("Registered capital", zh: "注册资本"),
            .money
        ) { $0.shownWhen = .init("type", in: ["company"]) }
        /// Company: the day of foundation.
        public let foundedOn = Field<Day>("founded_on", Label("Founded on", zh: "成立日期"), .day) {
            $0.shownWhen = .init("type", in: ["company"])
        }
        /// Company: how many people work there.
        public let employees = Field<Int64>("employees", Label("Employees", zh: "员工人数"), .integer) {
            $0.shownWhen = .init("type", in: ["company"])
        }
        /// Company: the revenue of a year.
        public let annualRevenue = Field<Money>("annual_revenue", Label("Annual revenue", zh: "年营业额"), .money) {
            $0.shownWhen = .init("type", in: ["company"])
        }
        /// Company: the company above it.
        public let parent = Field<RecordID>("parent", Label("Parent company", zh: "上级公司"), .link(to: "customer")) {
            $0.shownWhen = .init("type", in: ["company"])
        }
        /// Company: what it is called on invoices, where that differs.
        public let invoiceName = Field<String>("invoice_name", Label("Name on invoices", zh: "开票名称"), .text(max: 200)) {
            $0.shownWhen = .init("type", in: ["company"])
        }
        /// Person: how to address them.
        public let gender = Field<String>("gender", Label("Gender", zh: "性别"), .choice(PersonChoices.genders)) {
            $0.personal = true
            $0.shownWhen = .init("type", in: ["person"])
        }
        /// Person: the birthday.
        public let birthday = Field<Day>("birthday", Label("Birthday", zh: "出生日期"), .day) {
            $0.personal = true
            $0.shownWhen = .init("type", in: ["person"])
        }
        /// Person: the kind of identity document.
        public let idType = Field<String>("id_type", Label("ID document", zh: "证件类型"), .choice(PersonChoices.idTypes)) {
            $0.personal = true
            $0.shownWhen = .init("type", in: ["person"])
        }
        /// Person: the number of the identity document.
        public let idNumber = Field<String>("id_number", Label("ID number", zh: "证件号码"), .text(max: 30)) {
            $0.shownWhen = .init("type", in: ["person"])
        }
        /// Person: the occupation.
        public let occupation = Field<String>("occupation", Label("Occupation", zh: "职业"), .text(max: 100)) {
            $0.shownWhen = .init("type", in: ["person"])
        }
        /// Person: the WeChat id.
        public let wechat = Field<String>("wechat", Label("WeChat", zh: "微信号"), .text(max: 60)) {
            $0.searchable = true
            $0.shownWhen = .init("type", in: ["person"])
        }
        /// What they like and what they bought before.
        public let preferences = Field<String>("preferences", Label("Preferences", zh: "消费偏好"), .longText(max: 4000))
        /// Free tags.
        public let tags = Field<String>("tags", Label("Tags", zh: "标签"), .tags) { $0.searchable = true }
        /// Notes on the customer.
        public let description = Field<String>("description", Label("Notes", zh: "备注"), .longText(max: 20_000)) {
            $0.searchable = true
        }
        /// When we want to be in touch next.
        public let nextContactOn = Field<Day>("next_contact_on", Label("Next contact", zh: "下次跟进"), .day) {
            $0.indexed = true
        }
        /// When we were last in touch; kept by activities.
        public let lastActivityAt = Field<Instant>("last_activity_at", Label("Last activity", zh: "最近跟进"), .instant) {
            $0.readOnly = true
            $0.audited = false
            $0.indexed = true
        }
    }

    /// The object as the engine reads it.
    public static let definition = ObjectDefinition.declared(
        key,
        plural: "customers",
        Label("Customer", zh: "客户"),
        many: Label("Customers", zh: "客户"),
        icon: "building-2",
        fields: [
            fields.name.definition, fields.type.definition, fields.status.definition, fields.level.definition,
            fields.source.definition, fields.phone.definition, fields.email.definition, fields.website.definition,
            fields.address.definition, fields.industry.definition, fields.creditCode.definition,
            fields.legalRepresentative.definition, fields.registeredCapital.definition, fields.foundedOn.definition,
            fields.employees.definition, fields.annualRevenue.definition, fields.parent.definition,
            fields.invoiceName.definition, fields.gender.definition, fields.birthday.definition,
            fields.idType.definition, fields.idNumber.definition, fields.occupation.definition,
            fields.wechat.definition, fields.preferences.definition, fields.tags.definition,
            fields.description.definition, fields.nextContactOn.definition, fields.lastActivityAt.definition,
            fields.code.definition,
        ]
    ) {
        $0.listFields = [
            "name", "type", "status", "level", "industry", "phone", "owner", "last_activity_at", "next_contact_on",
        ]
        $0.keptSums = [KeptSum(hoursOf: "created_at")]
    }
}
