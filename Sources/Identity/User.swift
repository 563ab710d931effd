public import Values

/// Whether a person may log in.
public enum UserState: String, Sendable, CaseIterable {
    /// May log in.
    case active
    /// Has no password yet.
    case invited
    /// May not log in; what the person owns and did remains.
    case disabled

    /// The name for people.
    public var label: Label {
        switch self {
        case .active: Label("Active", zh: "正常")
        case .invited: Label("Invited", zh: "待激活")
        case .disabled: Label("Disabled", zh: "已停用")
        }
    }
}

/// A person who uses the workspace. Users are disabled, never deleted: their name stays beside what they did.
public struct User: Sendable, Equatable {
    /// The user's id.
    public var id: RecordID
    /// The e-mail address in small letters; the name to log in with.
    public var email: String
    /// The name for people.
    public var name: String
    /// The team, if there is one.
    public var team: RecordID?
    /// The language of pages and messages.
    public var language: Language
    /// The time zone, IANA name.
    public var timeZone: String
    /// Whether the person may log in.
    public var state: UserState
    /// Whether logging in takes a code besides the password.
    public var hasSecondFactor: Bool
    /// When the user was made.
    public var createdAt: Instant
    /// When the user was last changed.
    public var updatedAt: Instant
    /// Rises with every change.
    public var version: Int64
    /// The roles' ids, in order.
    public var roles: [RecordID]
}

/// A user to be made.
public struct NewUser: Sendable {
    /// The e-mail address.
    public var email: String
    /// The name for people.
    public var name: String
    /// The team, if there is one.
    public var team: RecordID?
    /// The roles; without any the person may do nothing.
    public var roles: [RecordID]
    /// The language of pages and messages.
    public var language: Language
    /// The time zone, IANA name.
    public var timeZone: String

    /// A user to be made; the person is invited until a password is set.
    public init(
        email: String,
        name: String,
        team: RecordID? = nil,
        roles: [RecordID] = [],
        language: Language = .zh,
        timeZone: String = "Asia/Shanghai"
    ) {
        self.email = email
        self.name = name
        self.team = team
        self.roles = roles
        self.language = language
        self.timeZone = timeZone
    }
}

/// What is to change about a user; what is nil stays.
public struct UserPatch: Sendable {
    /// The e-mail address.
    public var email: String?
    /// The name.
    public var name: String?
    /// The team; `.some(nil)` takes the person out of any.
    public var team: RecordID??
    /// All roles.
    public var roles: [RecordID]?
    /// The language.
    public var language: Language?
    /// The time zone, IANA name.
    public var timeZone: String?

    /// What is to change.
    public init(
        email: String? = nil,
        name: String? = nil,
        team: RecordID?? = nil,
        roles: [RecordID]? = nil,
        language: Language? = nil,
        timeZone: String? = nil
    ) {
        self.email = email
        self.name = name
        self.team = team
        self.roles = roles
        self.language = language
        self.timeZone = timeZone
    }
}

/// Which users a list shows.
public struct UserQuery: Sendable {
    /// Part of a name or an e-mail address.
    public var text: String?
    /// Only this state.
    public var state: UserState?
    /// Only these teams.
    public var teams: [RecordID]?
    /// Only people with this role.
    public var role: RecordID?
    /// How many at most, 1 to 200.
    public var limit: Int
    /// Where the page before ended.
    public var cursor: String?

    /// Which users a list shows, ordered by name.
    public init(
        text: String? = nil,
        state: UserState? = nil,
        teams: [RecordID]? = nil,
        role: RecordID? = nil,
        limit: Int = 50,
        cursor: String? = nil
    ) {
        self.text = text
        self.state = state
        self.teams = teams
        self.role = role
        self.limit = limit
        self.cursor = cursor
    }
}

/// A page of users.
public struct UserPage: Sendable {
    /// The users, ordered by name.
    public var users: [User]
    /// What to ask the next page with; nil at the end.
    public var next: String?
}
