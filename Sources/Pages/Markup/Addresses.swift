public import Values

/// The addresses of the pages, in one place for links and routes.
public enum Addresses {
    /// The log-in page; its form posts to the same address.
    public static let logIn = "/login"
    /// Takes the code of the second factor.
    public static let code = "/login/code"
    /// Ends the session; POST.
    public static let logOut = "/logout"
    /// Sets language, theme and density; POST with `language`, `theme`, `density` and `_back`.
    public static let preferences = "/preferences"
    /// The search over all objects: `?q=`.
    public static let search = "/search"
    /// The entries of the palette: `?q=`.
    public static let palette = "/palette"
    /// The page of keyboard shortcuts.
    public static let keys = "/keys"
    /// Password, second factor, sessions and API keys of the person.
    public static let account = "/account"
    /// The deleted records.
    public static let bin = "/bin"
    /// The imports.
    public static let imports = "/imports"
    /// The administration.
    public static let settings = "/settings"
    /// The administration of users.
    public static let users = "/settings/users"
    /// The administration of teams.
    public static let teams = "/settings/teams"
    /// The administration of roles.
    public static let roles = "/settings/roles"
    /// The administration of objects and fields.
    public static let objects = "/settings/objects"
    /// The audit log.
    public static let audit = "/settings/audit"
    /// Webhooks.
    public static let webhooks = "/settings/webhooks"
    /// Background jobs.
    public static let jobs = "/settings/jobs"

    /// The dashboards.
    public static let reports = "/reports"
    /// The page that builds a report.
    public static let newReport = "/reports/new"
    /// The dashboards that people make.
    public static let dashboards = "/dashboards"
    /// The calendar.
    public static let calendar = "/calendar"

    /// Personal data: erasing, giving out, keeping.
    public static let privacy = "/settings/privacy"

    /// A stored file.
    public static func file(_ id: RecordID) -> String { "/files/\(id)" }
    /// The small version of a stored picture.
    public static func thumbnail(_ id: RecordID) -> String { "/files/\(id)/thumbnail" }
    /// The files of a record; a form with files is posted here.
    public static func files(_ plural: String, _ id: String) -> String { "/\(plural)/\(id)/files" }

    /// The list of an object, by its plural.
    public static func list(_ plural: String) -> String { "/\(plural)" }
    /// The form of a new record; its form posts to the list.
    public static func create(_ plural: String) -> String { "/\(plural)/new" }
    /// A record.
    public static func record(_ plural: String, _ id: String) -> String { "/\(plural)/\(id)" }
    /// The form that changes a record; its form posts to the record.
    public static func edit(_ plural: String, _ id: String) -> String { "/\(plural)/\(id)/edit" }
    /// Moves a record to the recycle bin; POST.
    public static func delete(_ plural: String, _ id: String) -> String { "/\(plural)/\(id)/delete" }
    /// Takes a record out of the recycle bin; POST.
    public static func restore(_ plural: String, _ id: String) -> String { "/\(plural)/\(id)/restore" }
    /// Does something with all chosen records; POST with `id` repeated and `_action`.
    public static func bulk(_ plural: String) -> String { "/\(plural)/bulk" }
    /// Begins an import into an object.
    public static func startImport(_ plural: String) -> String { "/imports/new?object=\(plural)" }
    /// The export of an object.
    public static func export(_ plural: String) -> String { "/\(plural)/export" }
    /// Suggestions while a person types one of the `provinces`, `cities` or `districts` of China.
    public static func divisions(_ level: String) -> String { "/divisions/\(level)?q=" }
    /// Suggestions while a person types the name of a linked record: the API's list by text, a few names.
    public static func suggest(_ plural: String, nameField: String) -> String {
        "/api/v1/\(plural)?limit=8&fields=\(nameField)&q="
    }
}
