public import Values

/// A named set of rights. A person's rights are those of all their roles together.
public struct Role: Sendable, Equatable {
    /// The role's id.
    public var id: RecordID
    /// A stable name for programs and commands.
    public var key: String
    /// The name for people.
    public var label: Label
    /// What the role allows.
    public var rights: Rights
    /// When the role was made.
    public var createdAt: Instant
    /// When the role was last changed.
    public var updatedAt: Instant
    /// Rises with every change.
    public var version: Int64

    /// True for the role that every workspace has and nobody may change.
    public var isAdministrator: Bool { key == BuiltInRole.administrator.key }
}

/// A role that a new workspace starts with.
public struct BuiltInRole: Sendable {
    /// The stable name.
    public var key: String
    /// The name for people.
    public var label: Label
    /// What the role allows.
    public var rights: Rights

    /// All of them.
    public static let all: [BuiltInRole] = [
        administrator, salesManager, salesperson, serviceAgent, finance, readOnly,
    ]

    /// Everything.
    public static let administrator = BuiltInRole(
        key: "administrator",
        label: Label("Administrator", zh: "管理员"),
        rights: .all
    )

    /// The customers and deals of a team and the teams below it.
    public static let salesManager: BuiltInRole = {
        var rights = reference
        for object in records {
            rights.objects[object] = ObjectRights(everything: .teamTree)
        }
        rights.capabilities = [.costs]
        return BuiltInRole(key: "sales_manager", label: Label("Sales manager", zh: "销售经理"), rights: rights)
    }()

    /// One's own customers and deals.
    public static let salesperson: BuiltInRole = {
        var rights = reference
        for object in records {
            var own = ObjectRights(everything: .own)
            (own.export, own.importing) = (false, false)
            rights.objects[object] = own
        }
        return BuiltInRole(key: "salesperson", label: Label("Salesperson", zh: "销售人员"), rights: rights)
    }()

    /// All customers to read, what happens with them to write down.
    public static let serviceAgent: BuiltInRole = {
        var rights = reference
        for object in ["customer", "contact", "contact_role"] { rights.objects[object] = reading }
        for object in ["activity", "file"] {
            var writing = reading
            (writing.create, writing.update, writing.delete) = (true, .own, .own)
            rights.objects[object] = writing
        }
        return BuiltInRole(key: "service_agent", label: Label("Service agent", zh: "客服人员"), rights: rights)
    }()

    /// All customers to read; costs, pay and months to keep.
    public static let finance: BuiltInRole = {
        var rights = reference
        rights.capabilities = [.costs, .costing]
        for object in ["customer", "contact", "contact_role", "lead", "opportunity", "opportunity_line", "activity"] {
            rights.objects[object] = reading
        }
        for object in costs { rights.objects[object] = ObjectRights(everything: .all) }
        return BuiltInRole(key: "finance", label: Label("Finance", zh: "财务人员"), rights: rights)
    }()

    private static let costs = [
        "cost_pool", "pool_month", "cost_line", "cost_activity", "direct_cost", "channel_spend", "touch", "sale_line",
        "fee_policy", "fee_rule", "value_tier", "care_term", "charge_line", "cost_budget", "ownership_item", "file",
    ]

    /// Everything to read.
    public static let readOnly: BuiltInRole = {
        var rights = Rights()
        rights.objects["*"] = reading
        return BuiltInRole(key: "read_only", label: Label("Read only", zh: "只读"), rights: rights)
    }()

    /// Objects whose records belong to somebody.
    private static let records = [
        "customer", "contact", "contact_role", "lead", "opportunity", "opportunity_line", "activity", "file",
        "direct_cost", "touch",
    ]

    private static let reading: ObjectRights = {
        var rights = ObjectRights()
        rights.read = .all
        return rights
    }()

    /// What everybody in sales and service reads. Tags are one vocabulary for all, so anybody may add one.
    private static let reference: Rights = {
        var rights = Rights()
        for object in ["product", "price_book", "price_book_entry", "tag"] {
            rights.objects[object] = reading
        }
        rights.objects["tag"]?.create = true
        return rights
    }()
}
