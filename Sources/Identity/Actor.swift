public import Values

/// Where an action comes from; written to the audit log.
public enum Origin: Sendable, Equatable {
    /// A page of the product.
    case page
    /// The API.
    case api
    /// The command line.
    case command
    /// An import run.
    case importRun(RecordID)
    /// A rule or job of that name.
    case rule(String)

    /// `page`, `api`, `command`, `import:ID`, `rule:NAME`.
    public var name: String {
        switch self {
        case .page: "page"
        case .api: "api"
        case .command: "command"
        case .importRun(let id): "import:\(id)"
        case .rule(let name): "rule:\(name)"
        }
    }
}

/// Who acts, and what they may. Every read and every write starts from one.
public struct Actor: Sendable {
    /// The user; nil for the system.
    public var userID: RecordID?
    /// The user's name, or what part of the system acts.
    public var name: String
    /// The user's team.
    public var teamID: RecordID?
    /// The user's team and all teams above it: what is shared with them reaches the user.
    public var teamAndAbove: [RecordID]
    /// The user's team and all teams below it.
    public var teamTree: [RecordID]
    /// What they may do.
    public var rights: Rights
    /// The language of messages.
    public var language: Language
    /// The person's time zone, IANA name.
    public var timeZone: String
    /// Where the action comes from.
    public var origin: Origin
    /// The network address, if there is one.
    public var address: String?
    /// The session that the person works in, if there is one.
    public var sessionID: RecordID?
    /// The API key that the program uses, if there is one.
    public var keyID: RecordID?

    /// A user.
    public init(
        userID: RecordID?,
        name: String,
        teamID: RecordID? = nil,
        teamAndAbove: [RecordID] = [],
        teamTree: [RecordID] = [],
        rights: Rights,
        language: Language = .zh,
        timeZone: String = "Asia/Shanghai",
        origin: Origin = .api,
        address: String? = nil,
        sessionID: RecordID? = nil,
        keyID: RecordID? = nil
    ) {
        self.userID = userID
        self.name = name
        self.teamID = teamID
        self.teamAndAbove = teamAndAbove
        self.teamTree = teamTree
        self.rights = rights
        self.language = language
        self.timeZone = timeZone
        self.origin = origin
        self.address = address
        self.sessionID = sessionID
        self.keyID = keyID
    }

    /// A part of the system, by name; it may do everything and the audit log says who it was.
    public static func system(_ name: String) -> Actor {
        Actor(userID: nil, name: name, rights: .all, origin: .rule(name))
    }

    /// The same actor, acting from elsewhere.
    public func acting(from origin: Origin, address: String? = nil) -> Actor {
        var copy = self
        copy.origin = origin
        copy.address = address ?? self.address
        return copy
    }

    /// Throws `forbidden` unless the capability is given.
    public func require(_ capability: Capability) throws {
        guard rights.allows(capability) else {
            throw Problem.forbidden(
                Label(
                    "You need the right «\(capability.label.en)» for this. Ask an administrator.",
                    zh: "您没有“\(capability.label.zh)”权限，请联系管理员。"
                )
            )
        }
    }
}
