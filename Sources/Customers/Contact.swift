public import Schema
public import Values

/// A person whom we deal with at a customer.
public enum Contact: ObjectType {
    /// The object's key.
    public static let key = "contact"
    /// The fields.
    public static let fields = Fields()

    /// The fields that the program knows by name.
    public struct Fields: Sendable {
        /// The name.
        public let name = Field<String>("name", Label("Name", zh: "姓名"), .text(max: 100)) {
            $0.required = true
            $0.searchable = true
        }
        /// The customer where the person is now; earlier ones are in `contact_role`.
        public let customer = Field<RecordID>("customer", Label("Customer", zh: "所属客户"), .link(to: "customer"))
        /// How to address the person.
        public let salutation = Field<String>("salutation", Label("Salutation", zh: "称谓"), .text(max: 30))
        /// The position.
        public let title = Field<String>("title", Label("Position", zh: "职务"), .text(max: 100)) {
            $0.searchable = true
        }
        /// The department.
        public let department = Field<String>("department", Label("Department", zh: "部门"), .text(max: 100))
        /// What the person has to do with a purchase.
        public let role = Field<String>("role", Label("Role", zh: "角色"), .choice(PersonChoices.roles))
        /// The mobile number.
        public let mobile = Field<String>("mobile", Label("Mobile", zh: "手机"), .phone) {
            $0.searchable = true
            $0.indexed = true
        }
        /// The number at the desk.
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
        /// The gender.
        public let gender = Field<String>("gender", Label("Gender", zh: "性别"), .choice(PersonChoices.genders)) {
            $0.personal = true
        }
        /// The birthday.
        public let birthday = Field<Day>("birthday", Label("Birthday", zh: "生日"), .day) { $0.personal = true }
        /// The postal address, where it is not the customer's.
        public let address = Field<PostalAddress>("address", Label("Address", zh: "地址"), .address)
        /// True when the person has left and cannot be reached there any more.
        public let hasLeft = Field<Bool>("has_left", Label("Has left", zh: "已离职"), .boolean)
        /// Free tags.
        public let tags = Field<String>("tags", Label("Tags", zh: "标签"), .tags) { $0.searchable = true }
        /// Notes on the person.
        public let description = Field<String>("description", Label("Notes", zh: "备注"), .longText(max: 20_000)) {
            $0.searchable = true
        }
    }

    /// The object as the engine reads it.
    public static let definition = ObjectDefinition.declared(
        key,
        plural: "contacts",
        Label("Contact", zh: "联系人"),
        many: Label("Contacts", zh: "联系人"),
        icon: "contact",
        fields: [
            fields.name.definition, fields.customer.definition, fields.salutation.definition, fields.title.definition,
            fields.department.definition, fields.role.definition, fields.mobile.definition, fields.phone.definition,
            fields.email.definition, fields.wechat.definition, fields.gender.definition, fields.birthday.definition,
            fields.address.definition, fields.hasLeft.definition, fields.tags.definition,
            fields.description.definition,
        ]
    ) {
        $0.parentLink = "customer"
        $0.listFields = ["name", "customer", "title", "role", "mobile", "email", "owner"]
        // The birthdays on the start page.
        $0.sparseIndexes = [["owner", "birthday"]]
    }
}

/// What a contact is or was at a customer: one contact may belong to several, and history stays when it moves.
public enum ContactRole: ObjectType {
    /// The object's key.
    public static let key = "contact_role"
    /// The fields.
    public static let fields = Fields()

    /// The fields that the program knows by name.
    public struct Fields: Sendable {
        /// The contact's name at that time.
        public let name = Field<String>("name", Label("Name", zh: "姓名"), .text(max: 100)) {
            $0.readOnly = true
            $0.audited = false
        }
        /// The contact.
        public let contact = Field<RecordID>("contact", Label("Contact", zh: "联系人"), .link(to: "contact")) {
            $0.required = true
        }
        /// The customer.
        public let customer = Field<RecordID>("customer", Label("Customer", zh: "客户"), .link(to: "customer")) {
            $0.required = true
        }
        /// What the person has to do with a purchase there.
        public let role = Field<String>("role", Label("Role", zh: "角色"), .choice(PersonChoices.roles))
        /// The position there.
        public let title = Field<String>("title", Label("Position", zh: "职务"), .text(max: 100))
        /// The first day there.
        public let startedOn = Field<Day>("started_on", Label("From", zh: "开始日期"), .day)
        /// The last day there; empty while it lasts.
        public let endedOn = Field<Day>("ended_on", Label("To", zh: "结束日期"), .day)
    }

    /// The object as the engine reads it.
    public static let definition = ObjectDefinition.declared(
        key,
        plural: "contact_roles",
        Label("Contact's role", zh: "任职关系"),
        many: Label("Contacts' roles", zh: "任职关系"),
        icon: "users",
        fields: [
            fields.name.definition, fields.contact.definition, fields.customer.definition, fields.role.definition,
            fields.title.definition, fields.startedOn.definition, fields.endedOn.definition,
        ]
    ) {
        $0.parentLink = "customer"
        $0.listFields = ["name", "contact", "customer", "role", "title", "started_on", "ended_on"]
        var ended = ValidationRule(
            id: "contact_role.period",
            expression: "started_on is empty or ended_on is empty or ended_on >= started_on",
            message: Label("The last day lies before the first.", zh: "结束日期早于开始日期，请检查。")
        )
        ended.field = "ended_on"
        $0.rules = [ended]
    }
}
