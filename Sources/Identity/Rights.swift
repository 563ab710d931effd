import Values

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
        everything ? ObjectRights(everything: .all) : objects[object] ?? objects["*"] ?? ObjectRights()
    }

    /// The right on a field of an object.
    public func field(_ object: String, _ field: String) -> FieldRight {
        everything ? .full : fields["\(object).\(field)"] ?? .full
    }

    /// Whether a capability is given.
    public func allows(_ capability: Capability) -> Bool { everything || capabilities.contains(capability) }

    /// What two roles allow together: the wider of each right; a field is restricted only if both restrict it.
    public func union(_ other: Rights) -> Rights {
        var result = self
        result.everything = everything || other.everything
        for key in Set(objects.keys).union(other.objects.keys) { result.objects[key] = on(key).union(other.on(key)) }
        result.fields = fields.reduce(into: [:]) { fields, entry in
            if let theirs = other.fields[entry.key] { fields[entry.key] = max(entry.value, theirs) }
        }
        result.capabilities.formUnion(other.capabilities)
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
        result.fields = fields
        return result
    }
}
