public import Values

/// How long people stay logged in.
public struct SessionRules: Sendable {
    /// Milliseconds without a request after which a session ends.
    public var idle: Int64
    /// Milliseconds after which a session ends in any case.
    public var longest: Int64

    /// Three days without a request, thirty days in any case, unless told otherwise.
    public init(idle: Int64 = 3 * 86_400_000, longest: Int64 = 30 * 86_400_000) {
        self.idle = idle
        self.longest = longest
    }
}

/// A session that was just opened: the only time that its token can be read.
public struct NewSession: Sendable {
    /// The session's id.
    public var id: RecordID
    /// The user who logged in.
    public var userID: RecordID
    /// What the cookie holds.
    public var token: String
    /// What forms and scripts send back to prove that they come from a page of this session.
    public var csrf: String
    /// When the session ends in any case.
    public var expiresAt: Instant
}

/// The answer to an attempt to log in that did not fail.
public enum LogInResult: Sendable {
    /// The person is logged in.
    case session(NewSession)
    /// The password is right and a code of the second factor is missing: go on with `confirm(pending:code:)`, or log in
    /// again with the code. The token counts for ten minutes and opens nothing.
    case needsCode(pending: String)
}

/// A session that a request belongs to.
public struct OpenSession: Sendable {
    /// The session's id.
    public var id: RecordID
    /// Who acts.
    public var actor: Actor
    /// What forms and scripts must send back.
    public var csrf: String
    /// When the session ends in any case.
    public var expiresAt: Instant

    /// Whether a form's token is that of this session, or of a page of it.
    public func accepts(csrf given: String) -> Bool {
        let page = given.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        let wanted = page.count == 2 ? OpenSession.token(of: csrf, page: String(page[0])) : csrf
        return Secret.isEqual(Array(wanted.utf8), Array(given.utf8))
    }

    /// The token for the forms of a page whose content `page` stands for. It tells nothing about that of another page,
    /// nor about the session's own: what the length of a compressed page gives away of it is of no use for the next.
    public static func token(of csrf: String, page: String) -> String {
        page + "." + Base64URL.text(Array(Secret.hash(page + "\u{0}" + csrf, purpose: "page").prefix(24)))
    }
}

/// A session as its owner sees it in the list of devices.
public struct SessionListing: Sendable, Equatable {
    /// The session's id.
    public var id: RecordID
    /// When the person logged in.
    public var createdAt: Instant
    /// When the session was last used, to about a minute.
    public var lastSeenAt: Instant
    /// When it ends in any case.
    public var expiresAt: Instant
    /// The network address of the log-in.
    public var address: String
    /// The device as it described itself.
    public var device: String
}

/// An API key as lists show it.
public struct APIKey: Sendable, Equatable {
    /// The key's id.
    public var id: RecordID
    /// Whose key it is.
    public var userID: RecordID
    /// What its owner calls it.
    public var name: String
    /// Its first characters, to tell keys apart.
    public var prefix: String
    /// What it is limited to: `"read"`, `"write"`, `"full"` or rights.
    public var scopes: KeyScopes
    /// When it was made.
    public var createdAt: Instant
    /// When it stops; nil for never.
    public var expiresAt: Instant?
    /// When it was last used, to about a minute.
    public var lastUsedAt: Instant?
    /// When it was revoked; nil while it works.
    public var revokedAt: Instant?
}

/// What an API key is limited to. It never gives more than its owner has.
public enum KeyScopes: Sendable, Equatable {
    /// Reading.
    case read
    /// Reading and writing records.
    case write
    /// All that the owner may.
    case full
    /// These rights.
    case rights(Rights)

    /// The most that the key may do.
    public var limit: Rights {
        switch self {
        case .full: return .all
        case .rights(let rights): return rights
        case .read, .write:
            var object = ObjectRights(everything: .all)
            if self == .read {
                object = ObjectRights()
                (object.read, object.export) = (.all, true)
            }
            var rights = Rights()
            rights.objects["*"] = object
            return rights
        }
    }

    /// The scopes as JSON: a name or an object as in a role.
    public var json: JSONValue {
        switch self {
        case .read: .string("read")
        case .write: .string("write")
        case .full: .string("full")
        case .rights(let rights): rights.json
        }
    }

    /// Reads scopes from JSON; anything else is an `invalid` problem.
    public init(json: JSONValue) throws {
        switch json.string {
        case "read": self = .read
        case "write": self = .write
        case "full": self = .full
        case .some:
            throw Problem.invalid(
                "scopes",
                "unknown_scope",
                Label("Use «read», «write», «full» or rights as in a role.", zh: "请填写 read、write、full，或与角色相同格式的权限。")
            )
        case nil: self = .rights(try Rights(json: json))
        }
    }
}

/// An attempt to log in, as the history keeps it.
public struct LogInRecord: Sendable, Equatable {
    /// How an attempt ended.
    public enum Outcome: String, Sendable {
        case success
        case codeNeeded = "code_needed"
        case wrongPassword = "wrong_password"
        case wrongCode = "wrong_code"
        case unknownEmail = "unknown_email"
        case notActive = "not_active"
        case throttled

        /// The outcome for people.
        public var label: Label {
            switch self {
            case .success: Label("Logged in", zh: "登录成功")
            case .codeNeeded: Label("Code asked for", zh: "等待输入验证码")
            case .wrongPassword: Label("Wrong password", zh: "密码错误")
            case .wrongCode: Label("Wrong code", zh: "验证码错误")
            case .unknownEmail: Label("Unknown e-mail address", zh: "邮箱不存在")
            case .notActive: Label("User disabled or not activated", zh: "账号已停用或未激活")
            case .throttled: Label("Too many attempts", zh: "尝试次数过多")
            }
        }
    }

    /// The attempt's id; later attempts have larger ones.
    public var id: RecordID
    /// The user, if the e-mail address is one's.
    public var userID: RecordID?
    /// The e-mail address that was given.
    public var email: String
    /// When.
    public var at: Instant
    /// From which network address.
    public var address: String
    /// On which device, as it described itself.
    public var device: String
    /// How it ended.
    public var outcome: Outcome
}
