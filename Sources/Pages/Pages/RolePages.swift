import Values

/// What a role allows on one object, by the names that roles are stored with.
public struct RightsRow: Sendable {
    /// The object's key; `*` for all that are not named.
    public var object: String
    /// The object's name.
    public var label: String
    /// The scope of each of `read`, `update`, `delete`, `assign`: `none`, `own`, `team`, `team_tree`, `all`.
    public var scopes: [String: String]
    /// Which of `create`, `export`, `import` are allowed.
    public var flags: Set<String>

    /// What a role allows on one object.
    public init(object: String, label: String, scopes: [String: String], flags: Set<String>) {
        self.object = object
        self.label = label
        self.scopes = scopes
        self.flags = flags
    }
}

/// A role in the administration.
public struct RoleModel: Sendable {
    /// The role's id; empty for a new one.
    public var id: String
    /// Its name.
    public var name: String
    /// True when everything is allowed and nothing can be changed.
    public var everything: Bool
    /// The rights by object.
    public var rows: [RightsRow]
    /// All things that are not about records, by name; see `granted`.
    public var capabilities: [Option]
    /// The names of capabilities that are given.
    public var granted: Set<String>
    /// What is wrong with what was sent.
    public var error: String?

    /// A role in the administration.
    public init(
        id: String,
        name: String,
        everything: Bool = false,
        rows: [RightsRow],
        capabilities: [Option] = [],
        granted: Set<String> = [],
        error: String? = nil
    ) {
        self.id = id
        self.name = name
        self.everything = everything
        self.rows = rows
        self.capabilities = capabilities
        self.granted = granted
        self.error = error
    }
}

/// The administration of roles.
public enum RolesPage {
    /// The rights with a scope, in order.
    static let scoped: [(String, Label)] = [
        ("read", AdminTexts.read), ("update", AdminTexts.update), ("delete", AdminTexts.delete),
        ("assign", AdminTexts.assign),
    ]
    /// The rights without.
    static let flagged: [(String, Label)] = [
        ("create", AdminTexts.create), ("export", AdminTexts.export), ("import", AdminTexts.importing),
    ]
    private static let scopes = ["none", "own", "team", "team_tree", "all"]

    /// The roles with the number of people that have each, and the form for a new one: posts `name`.
    public static func html(_ roles: [(id: String, name: String, members: Int)], in context: PageContext) -> HTML {
        let items = HTML.each(roles) {
            """
            <li><a href="\(Addresses.roles)/\($0.id)">\($0.name)</a><span class="k-count">\(context(AdminTexts.members)) \($0.members)</span></li>
            """
        }
        return """
            <div class="k-narrow">\(Layout.head("\(context(AdminTexts.roles))", text: context(AdminTexts.rolesText)))<div class="k-stack">\
            <form class="k-panel k-panel-pad" method="post" action="\(Addresses.roles)" novalidate>\(context.csrfField)<div class="k-inline">\
            \(Control.input("name", context(Words.name)))<button class="k-btn k-btn-primary">\(context(AdminTexts.addRole))</button></div></form>\
            <div class="k-panel"><ul class="k-related">\(items)</ul></div></div></div>
            """
    }

    /// The matrix of a role: posts `name`, `OBJECT.read` = scope …, `OBJECT.create` = `true` …, `capability` repeated.
    public static func role(_ role: RoleModel, in context: PageContext) -> HTML {
        let head = HTML.each(scoped + flagged) { "<th scope=\"col\">\(context($0.1))</th>" }
        let rows = HTML.each(role.rows) { row($0, locked: role.everything, context) }
        let capabilities = HTML.each(role.capabilities) {
            """
            <label class="k-option"><input type="checkbox" name="capability" value="\($0.value)"\
            \(attribute: "checked", if: role.everything || role.granted.contains($0.value))\(attribute: "disabled", if: role.everything)>\($0.label)</label>
            """
        }
        return """
            \(Layout.head("\(context(AdminTexts.rights(role.name)))", text: context(AdminTexts.rightsText)))\(Control.alert(role.error))
            <form class="k-panel" method="post" action="\(Addresses.roles)/\(role.id)" novalidate>\(context.csrfField)\
            <div class="k-section"><div class="k-narrow">\(Control.input("name", context(Words.name), value: role.name))</div></div>
            <div class="k-scroll" tabindex="0" role="region" aria-label="\(context(AdminTexts.rights(role.name)))"><table class="k-table k-matrix">\
            <thead><tr><th scope="col">\(context(AdminTexts.object))</th>\(head)</tr></thead><tbody>\(rows)</tbody></table></div>
            \(HTML.when(!role.capabilities.isEmpty, """
                <fieldset class="k-section"><legend>\(context(AdminTexts.capabilities))</legend><div class="k-options">\(capabilities)</div></fieldset>
                """))\(HTML.when(!role.everything, "<div class=\"k-form-foot\"><button class=\"k-btn k-btn-primary\">\(context(Words.save))</button></div>"))</form>
            """
    }

    private static func row(_ row: RightsRow, locked: Bool, _ context: PageContext) -> HTML {
        let options = scopes.map { Option($0, context(AdminTexts.scope($0))) }
        let selects = HTML.each(scoped) { key, label in
            let chosen = row.scopes[key] ?? "none"
            return locked
                ? "<td>\(context(AdminTexts.scope("all")))</td>"
                : "<td>\(Control.cell("\(row.object).\(key)", "\(row.label): \(context(label))", options, chosen: chosen))</td>"
        }
        let boxes = HTML.each(flagged) { key, label in
            """
            <td><input type="checkbox" name="\(row.object).\(key)" value="true" aria-label="\(row.label): \(context(label))"\
            \(attribute: "checked", if: locked || row.flags.contains(key))\(attribute: "disabled", if: locked)></td>
            """
        }
        return "<tr><th scope=\"row\">\(row.label)</th>\(selects)\(boxes)</tr>\n"
    }
}
