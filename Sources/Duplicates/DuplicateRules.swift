public import Values

/// What of two records is compared, how, and how many points it gives.
public struct Comparison: Sendable, Equatable {
    /// How two values are compared.
    public enum Method: String, Sendable, CaseIterable {
        /// Names of companies: without legal form, place, case, width and traditional forms; homophones count too.
        case company
        /// Names of people: characters, pinyin, or alike in letters.
        case person
        /// Telephone numbers; one wrong digit is «similar».
        case phone
        /// E-mail addresses, in lower case.
        case email
        /// The domain of a web site or e-mail address, without those of free mail services.
        case domain
        /// Addresses; different numbers are never alike.
        case address
        /// The same letters and digits, as in a credit code.
        case exact
        /// Short texts, alike in letters.
        case text
        /// Days; swapped or one wrong digit is «similar».
        case day
    }

    /// The fields whose values are taken together: any of one record is compared with any of the other.
    public var fields: [String]
    /// How.
    public var method: Method
    /// Points when equal, 0–100; similar values give at least seven tenths.
    public var agree: Int
    /// Points off when both have a value and these differ, 0–100.
    public var disagree: Int
    /// Whether equal values lead one record to the other; at least one comparison must.
    public var finds: Bool
    /// Compared only where this choice field of both records has this key.
    public var condition: Condition?

    /// A choice field and its key.
    public struct Condition: Sendable, Equatable {
        /// The field.
        public var field: String
        /// The choice.
        public var key: String

        /// A choice field and its key.
        public init(_ field: String, is key: String) {
            self.field = field
            self.key = key
        }
    }

    /// What is compared, how, and how many points it gives.
    public init(
        _ fields: [String],
        _ method: Method,
        agree: Int,
        disagree: Int = 0,
        finds: Bool = true,
        when condition: Condition? = nil
    ) {
        self.fields = fields
        self.method = method
        self.agree = agree
        self.disagree = disagree
        self.finds = finds
        self.condition = condition
    }
}

/// When two records of an object are likely the same. The points of all comparisons are added up, 0 to 100.
public struct DuplicateRules: Sendable, Equatable {
    /// Whether duplicates of the object are looked for.
    public var active = true
    /// From this score on people are warned, and a run lists the pair.
    public var warnAt: Int
    /// From this score on a record is refused, wherever it comes from; nil for never.
    public var blockAt: Int?
    /// What is compared.
    public var comparisons: [Comparison]

    /// Rules of an object.
    public init(warnAt: Int, blockAt: Int? = nil, _ comparisons: [Comparison]) {
        self.warnAt = warnAt
        self.blockAt = blockAt
        self.comparisons = comparisons
    }

    /// The rules with which the program comes; nil for objects that have none until an administrator makes some.
    public static func preset(_ object: String) -> DuplicateRules? {
        switch object {
        case "customer":
            let company = Comparison.Condition("type", is: "company")
            return DuplicateRules(
                warnAt: 50,
                [
                    Comparison(["name", "invoice_name"], .company, agree: 58, disagree: 25, when: company),
                    Comparison(["name"], .person, agree: 35, disagree: 35, when: .init("type", is: "person")),
                    Comparison(["credit_code"], .exact, agree: 100, disagree: 60, when: company),
                    Comparison(["id_number"], .exact, agree: 100, when: .init("type", is: "person")),
                    Comparison(["phone"], .phone, agree: 40),
                    Comparison(["email"], .email, agree: 40),
                    Comparison(["wechat"], .exact, agree: 50),
                    Comparison(["website", "email"], .domain, agree: 25),
                    Comparison(["address"], .address, agree: 10, finds: false),
                ]
            )
        case "contact":
            return DuplicateRules(
                warnAt: 50,
                [
                    Comparison(["name"], .person, agree: 30, disagree: 35),
                    Comparison(["customer"], .exact, agree: 25, disagree: 15, finds: false),
                    Comparison(["mobile", "phone"], .phone, agree: 50),
                    Comparison(["email"], .email, agree: 50),
                    Comparison(["wechat"], .exact, agree: 50),
                ]
            )
        case "lead":
            return DuplicateRules(
                warnAt: 50,
                [
                    Comparison(["name"], .person, agree: 30, disagree: 35),
                    Comparison(["company"], .company, agree: 30, disagree: 20),
                    Comparison(["mobile", "phone"], .phone, agree: 50),
                    Comparison(["email"], .email, agree: 50),
                    Comparison(["wechat"], .exact, agree: 50),
                    Comparison(["address"], .address, agree: 10, finds: false),
                ]
            )
        default: return nil
        }
    }
}

extension Comparison.Method {
    /// What people choose from.
    public var label: Label {
        switch self {
        case .company: Label("Company name", zh: "公司名称")
        case .person: Label("Person's name", zh: "人名")
        case .phone: Label("Phone number", zh: "电话号码")
        case .email: Label("E-mail address", zh: "邮箱地址")
        case .domain: Label("Web or e-mail domain", zh: "网址或邮箱域名")
        case .address: Label("Address", zh: "地址")
        case .exact: Label("Exactly the same", zh: "完全相同")
        case .text: Label("Similar text", zh: "文字相近")
        case .day: Label("Day", zh: "日期")
        }
    }

    /// From this likeness on two values are similar.
    var near: Double {
        switch self {
        case .company, .person, .text, .address: 0.85
        case .phone, .day: 0.8
        case .email, .domain, .exact: 1
        }
    }

    /// Below this likeness two values differ.
    var far: Double {
        switch self {
        case .company, .person, .text, .address: 0.7
        default: 0.8
        }
    }
}
