public import Values

/// Rights as they are stored in roles and API keys and shown by the API.
extension Rights {
    /// The rights as JSON: `{"everything":…,"objects":{"customer":{"read":"own","create":true}},"fields":{…},"capabilities":[…]}`.
    public var json: JSONValue {
        var members: [JSONValue.Member] = []
        if everything { members.append(.init(key: "everything", value: .bool(true))) }
        let objectMembers = objects.sorted { $0.key < $1.key }.map {
            JSONValue.Member(key: $0.key, value: $0.value.json)
        }
        members.append(.init(key: "objects", value: .object(objectMembers)))
        let fieldMembers = fields.sorted { $0.key < $1.key }.map {
            JSONValue.Member(key: $0.key, value: .string($0.value.name))
        }
        members.append(.init(key: "fields", value: .object(fieldMembers)))
        let names = Capability.allCases.filter(capabilities.contains).map { JSONValue.string($0.rawValue) }
        members.append(.init(key: "capabilities", value: .array(names)))
        return .object(members)
    }

    /// Reads rights from JSON; an unknown name or value is an `invalid` problem that says where.
    public init(json: JSONValue) throws {
        self.init()
        guard let members = json.members else { throw wrong("definition", "an object", "对象") }
        for member in members {
            switch member.key {
            case "everything":
                guard let flag = member.value.bool else { throw wrong("everything", "true or false", "true 或 false") }
                everything = flag
            case "objects": objects = try readObjects(member.value)
            case "fields": fields = try readFields(member.value)
            case "capabilities": capabilities = try readCapabilities(member.value)
            default: throw unknown(member.key)
            }
        }
        if everything { capabilities = Set(Capability.allCases) }
    }

    /// Reads rights from the text of a stored role.
    public init(text: String) throws { try self.init(json: JSONReader.parse(text)) }
}

extension ObjectRights {
    /// The rights as JSON; what is not given is left out.
    public var json: JSONValue {
        var members: [JSONValue.Member] = []
        for (key, scope) in [("read", read), ("update", update), ("delete", delete), ("assign", assign)]
        where scope != .none {
            members.append(.init(key: key, value: .string(scope.name)))
        }
        for (key, flag) in [("create", create), ("export", export), ("import", importing)] where flag {
            members.append(.init(key: key, value: .bool(true)))
        }
        return .object(members)
    }
}

extension FieldRight {
    /// The name in stored roles and in the API: `hidden`, `read_only`, `full`.
    public var name: String {
        switch self {
        case .hidden: "hidden"
        case .readOnly: "read_only"
        case .full: "full"
        }
    }

    /// The right of that name.
    public init?(name: String) {
        switch name {
        case "hidden": self = .hidden
        case "read_only": self = .readOnly
        case "full": self = .full
        default: return nil
        }
    }
}

private func readObjects(_ json: JSONValue) throws -> [String: ObjectRights] {
    guard let members = json.members else { throw wrong("objects", "an object", "对象") }
    var result: [String: ObjectRights] = [:]
    for member in members {
        guard member.key == "*" || isKey(member.key) else { throw unknown("objects.\(member.key)") }
        result[member.key] = try readObject(member.value, at: "objects.\(member.key)")
    }
    return result
}

private func readObject(_ json: JSONValue, at place: String) throws -> ObjectRights {
    guard let members = json.members else { throw wrong(place, "an object", "对象") }
    var rights = ObjectRights()
    for member in members {
        let here = "\(place).\(member.key)"
        func scope() throws -> Scope {
            guard let scope = member.value.string.flatMap(Scope.init(name:)) else {
                throw wrong(here, "none, own, team, team_tree or all", "none、own、team、team_tree 或 all")
            }
            return scope
        }
        func flag() throws -> Bool {
            guard let flag = member.value.bool else { throw wrong(here, "true or false", "true 或 false") }
            return flag
        }
        switch member.key {
        case "read": rights.read = try scope()
        case "update": rights.update = try scope()
        case "delete": rights.delete = try scope()
        case "assign": rights.assign = try scope()
        case "create": rights.create = try flag()
        case "export": rights.export = try flag()
        case "import": rights.importing = try flag()
        default: throw unknown(here)
        }
    }
    return rights
}

private func readFields(_ json: JSONValue) throws -> [String: FieldRight] {
    guard let members = json.members else { throw wrong("fields", "an object", "对象") }
    var result: [String: FieldRight] = [:]
    for member in members {
        let parts = member.key.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ isKey(String($0)) }) else { throw unknown("fields.\(member.key)") }
        guard let right = member.value.string.flatMap(FieldRight.init(name:)) else {
            throw wrong("fields.\(member.key)", "hidden, read_only or full", "hidden、read_only 或 full")
        }
        result[member.key] = right
    }
    return result
}

private func readCapabilities(_ json: JSONValue) throws -> Set<Capability> {
    guard let items = json.array else { throw wrong("capabilities", "a list", "列表") }
    return try Set(
        items.map { item in
            guard let capability = item.string.flatMap(Capability.init(rawValue:)) else {
                let names = Capability.allCases.map(\.rawValue)
                throw wrong(
                    "capabilities",
                    "a list of: " + names.joined(separator: ", "),
                    "以下值的列表：" + names.joined(separator: "、")
                )
            }
            return capability
        }
    )
}

/// Whether a text can be the key of an object, field or role: small letters, digits, underscore; a letter first.
func isKey(_ text: String) -> Bool {
    guard let first = text.utf8.first, (0x61...0x7A).contains(first), text.utf8.count <= 63 else { return false }
    return text.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5F }
}

private func wrong(_ place: String, _ en: String, _ zh: String) -> Problem {
    .invalid(place, "wrong_type", Label("«\(place)» must be \(en).", zh: "“\(place)”应为\(zh)。"))
}

private func unknown(_ place: String) -> Problem {
    .invalid(
        place,
        "unknown_field",
        Label("«\(place)» is not known here. Check the spelling.", zh: "不认识“\(place)”，请检查拼写。")
    )
}
