public import Values

/// How far a right reaches.
public enum Scope: Int, Sendable, Comparable, CaseIterable {
    /// No record.
    case none
    /// Records that the person owns.
    case own
    /// Records that somebody of the person's team owns.
    case team
    /// Records that somebody of the person's team or a team below it owns.
    case teamTree
    /// All records.
    case all

    /// The name in stored roles and in the API: `none`, `own`, `team`, `team_tree`, `all`.
    public var name: String {
        switch self {
        case .none: "none"
        case .own: "own"
        case .team: "team"
        case .teamTree: "team_tree"
        case .all: "all"
        }
    }

    /// The scope of that name.
    public init?(name: String) {
        guard let scope = Scope.allCases.first(where: { $0.name == name }) else { return nil }
        self = scope
    }

    /// The name for people.
    public var label: Label {
        switch self {
        case .none: Label("None", zh: "无")
        case .own: Label("Own", zh: "本人")
        case .team: Label("Own team", zh: "本团队")
        case .teamTree: Label("Own team and below", zh: "本团队及下级")
        case .all: Label("All", zh: "全部")
        }
    }

    /// The narrower scope is the smaller.
    public static func < (left: Scope, right: Scope) -> Bool { left.rawValue < right.rawValue }
}

/// What a person may do with the records of one object. The default is nothing.
public struct ObjectRights: Sendable, Equatable {
    /// Which records may be seen.
    public var read: Scope = .none
    /// Whether records may be made.
    public var create = false
    /// Which records may be changed.
    public var update: Scope = .none
    /// Which records may be moved to the recycle bin and restored.
    public var delete: Scope = .none
    /// Which records may be given to another owner.
    public var assign: Scope = .none
    /// Whether records may be exported.
    public var export = false
    /// Whether records may be imported.
    public var importing = false

    /// No rights.
    public init() {}

    /// All rights within `scope`.
    public init(everything scope: Scope) {
        (read, update, delete, assign) = (scope, scope, scope, scope)
        (create, export, importing) = (true, true, true)
    }

    /// The wider of two: roles add up.
    public func union(_ other: ObjectRights) -> ObjectRights {
        var result = self
        result.read = max(read, other.read)
        result.update = max(update, other.update)
        result.delete = max(delete, other.delete)
        result.assign = max(assign, other.assign)
        result.create = create || other.create
        result.export = export || other.export
        result.importing = importing || other.importing
        return result
    }
}

/// What a role says about a single field.
public enum FieldRight: Int, Sendable, Comparable {
    /// The field is as if it did not exist.
    case hidden
    /// The field may be read.
    case readOnly
    /// The field may be read and written.
    case full

    /// The narrower right is the smaller.
    public static func < (left: FieldRight, right: FieldRight) -> Bool { left.rawValue < right.rawValue }
}

/// Things that are not about records of one object.
public enum Capability: String, Sendable, CaseIterable {
    /// Change objects, fields, choices and rules.
    case schema
    /// Manage users, teams and roles.
    case users
    /// Read the audit log.
    case audit
    /// Delete for ever.
    case purge
    /// Change the workspace's settings.
    case settings
    /// Erase persons, give out all that is held of one, and set how long data is kept.
    case privacy
    /// See what customers cost and are worth.
    case costs
    /// Reckon costs, close months, approve expenses and set fees.
    case costing

    /// The name for people.
    public var label: Label {
        switch self {
        case .schema: Label("Change objects and fields", zh: "管理对象和字段")
        case .users: Label("Manage users, teams and roles", zh: "管理用户、团队和角色")
        case .audit: Label("Read the audit log", zh: "查看审计日志")
        case .purge: Label("Delete for ever", zh: "彻底删除")
        case .settings: Label("Change settings", zh: "修改系统设置")
        case .privacy: Label("Erase persons and give out what is held", zh: "抹除与导出个人信息")
        case .costs: Label("See what customers cost and are worth", zh: "查看客户成本与利润")
        case .costing: Label("Reckon costs, close months and set fees", zh: "核算成本、月结与收费政策")
        }
    }
}

/// What a person may do: the union of their roles.
public struct Rights: Sendable, Equatable {
    /// Everything is allowed.
    public var everything = false
    /// Rights by object key; `*` stands for all objects that are not named.
    public var objects: [String: ObjectRights] = [:]
    /// Restricted fields by `object.field`.
    public var fields: [String: FieldRight] = [:]
    /// Other permissions.
    public var capabilities: Set<Capability> = []
    /// The rights of each role for itself, where roles differ about a field: then the field may be read and written
    /// only on records that a role reaches which gives that right. Empty where they agree.
    public internal(set) var parts: [Rights] = []

    /// No rights.
    public init() {}

    /// The rights of the system and of administrators.
    public static let all: Rights = {
        var rights = Rights()
        rights.everything = true
        rights.capabilities = Set(Capability.allCases)
        return rights
    }()

    /// The rights on an object.
    public func on(_ object: String) -> ObjectRights {
        if everything { return ObjectRights(everything: .all) }
        return objects[object] ?? (Rights.confidential.contains(object) ? nil : objects["*"]) ?? ObjectRights()
    }

    /// Objects that a right on all objects does not reach: a role must name them, since they tell what people earn.
    public static let confidential: Set<String> = ["cost_line"]

    /// The right on a field of an object.
    public func field(_ object: String, _ field: String) -> FieldRight {
        everything ? .full : fields["\(object).\(field)"] ?? .full
    }

    /// Whether a capability is given.
    public func allows(_ capability: Capability) -> Bool { everything || capabilities.contains(capability) }

    /// What two roles allow together: the wider of each right; a field is restricted if every role that gives any
    /// right on its object restricts it.
    public func union(_ other: Rights) -> Rights {
        var result = self
        result.everything = everything || other.everything
        for key in Set(objects.keys).union(other.objects.keys) { result.objects[key] = on(key).union(other.on(key)) }
        result.fields = [:]
        for key in Set(fields.keys).union(other.fields.keys) {
            // A role without rights on the object must not lift what another role hides.
            switch (givesRights(onObjectOf: key), other.givesRights(onObjectOf: key)) {
            case (true, false): result.fields[key] = fields[key]
            case (false, true): result.fields[key] = other.fields[key]
            case (true, true): result.fields[key] = max(fields[key] ?? .full, other.fields[key] ?? .full)
            case (false, false): result.fields[key] = min(fields[key] ?? .full, other.fields[key] ?? .full)
            }
        }
        result.fields = result.fields.filter { $0.value != .full }
        result.capabilities.formUnion(other.capabilities)
        result.parts = result.everything ? [] : Rights.differing([self, other])
        return result
    }

    /// The same rights without those that `narrow` lacks: for API keys with scopes.
    public func intersection(_ narrow: Rights) -> Rights {
        guard !narrow.everything else { return self }
        var result = Rights()
        result.capabilities = capabilities.intersection(narrow.capabilities)
        for key in Set(objects.keys).union(narrow.objects.keys) {
            let (mine, theirs) = (on(key), narrow.on(key))
            var both = ObjectRights()
            both.read = min(mine.read, theirs.read)
            both.update = min(mine.update, theirs.update)
            both.delete = min(mine.delete, theirs.delete)
            both.assign = min(mine.assign, theirs.assign)
            both.create = mine.create && theirs.create
            both.export = mine.export && theirs.export
            both.importing = mine.importing && theirs.importing
            result.objects[key] = both
        }
        for key in Set(fields.keys).union(narrow.fields.keys) {
            let mine = everything ? .full : fields[key] ?? .full
            result.fields[key] = min(mine, narrow.fields[key] ?? .full)
        }
        result.fields = result.fields.filter { $0.value != .full }
        result.parts = Rights.differing(parts.map { $0.intersection(narrow) })
        return result
    }

    /// Whether these rights hold all that `other` gives: who hands out rights must have them.
    public func covers(_ other: Rights) -> Bool {
        if everything { return true }
        guard !other.everything, capabilities.isSuperset(of: other.capabilities) else { return false }
        if !other.parts.isEmpty { return other.parts.allSatisfy(covers) }
        if let differing = coversByParts(other) { return differing }
        let keys = Set(objects.keys).union(other.objects.keys)
        guard keys.allSatisfy({ on($0).union(other.on($0)) == on($0) }) else { return false }
        return fields.allSatisfy { key, right in
            !other.givesRights(onObjectOf: key) || (other.fields[key] ?? .full) <= right
        }
    }

    func givesRights(onObjectOf field: String) -> Bool {
        everything || on(String(field.prefix { $0 != "." })) != ObjectRights()
    }
}
