import Database
import HTTPTypes
import Identity
import Pages
import Records
import SQLText
import Schema
import Values

/// The administration of roles: what people of a role may see and do.
enum RoleHandlers {
    static func list(_ page: PageCall) async throws -> Reply {
        let (actor, identities) = (try page.actor, page.call.workspace.identities)
        try actor.require(.users)
        return try await page.show { session in
            let counts = try session.connection.rows("SELECT role, count(*) FROM sys_user_role GROUP BY role")
            let members = Dictionary(counts.map { (RecordID($0.integer(0)), Int($0.integer(1))) }) { first, _ in first }
            let roles = try identities.roles(on: session.connection).map { role in
                (id: role.id.description, name: page.context(role.label), members: members[role.id] ?? 0)
            }
            return PageBody(
                page.context(AdminTexts.roles),
                RolesPage.html(roles, in: page.context),
                current: Addresses.settings,
                crumbs: [AdminCrumbs.settings(page)]
            )
        }
    }

    static func add(_ page: PageCall) async throws -> Reply {
        let (actor, identities, name) = (try page.actor, page.call.workspace.identities, page.form.text("name"))
        guard !name.isEmpty else { return page.go(to: Addresses.roles, .bad, AdminWords.needsName) }
        do {
            let id = try await page.write { session in
                let label = Label(name, zh: name)
                let key = try freeKey(label.proposedKey, identities, session)
                let role = try identities.addRole(
                    key: key,
                    label: label,
                    rights: Rights(),
                    by: actor,
                    on: session.connection
                )
                return role.id
            }
            return page.go(to: Addresses.roles + "/\(id)", .ok, AdminWords.saved)
        } catch let problem as Problem where problem.isAboutInput {
            return page.go(to: Addresses.roles, .bad, problem.fields.first?.message ?? problem.message)
        }
    }

    private static func freeKey(_ wanted: String, _ identities: Identities, _ session: ReadSession) throws -> String {
        let stem = wanted.isEmpty ? "role" : wanted
        let taken = Set(try identities.roles(on: session.connection).map(\.key))
        var key = stem
        var number = 2
        while taken.contains(key) {
            key = "\(stem)_\(number)"
            number += 1
        }
        return key
    }

    static func show(_ page: PageCall) async throws -> Reply { try await show(page, nil) }

    private static func show(_ page: PageCall, _ problem: Problem?) async throws -> Reply {
        let (actor, identities, id) = (try page.actor, page.call.workspace.identities, try page.call.recordID())
        try actor.require(.users)
        let status = problem.map { HTTPResponse.Status(code: $0.kind.rawValue) } ?? .ok
        return try await page.show(status: status) { session in
            guard let role = try identities.role(id, on: session.connection) else { throw Problem.notFound }
            let shown = problem == nil ? role.rights : RoleForm.rights(page.form, role.rights, session.schema)
            var model = RoleModel(
                id: id.description,
                name: problem == nil ? page.context(role.label) : page.form.text("name"),
                everything: role.isAdministrator,
                rows: RoleForm.rows(shown, session.schema, page.context),
                capabilities: Capability.allCases.map { Option($0.rawValue, page.context($0.label)) },
                granted: Set(shown.capabilities.map(\.rawValue))
            )
            model.error = problem.map { page.context($0.fields.first?.message ?? $0.message) }
            var html = RolesPage.role(model, in: page.context)
            if !role.isAdministrator {
                html = AdminStack.html([html, RoleFields.html(role, session.schema, in: page.context)])
            }
            return PageBody(
                page.context(role.label),
                html,
                current: Addresses.settings,
                crumbs: [AdminCrumbs.settings(page), AdminCrumbs.roles(page)]
            )
        }
    }

    static func change(_ page: PageCall) async throws -> Reply {
        let (actor, identities, id) = (try page.actor, page.call.workspace.identities, try page.call.recordID())
        let (form, context) = (page.form, page.context)
        do {
            try await page.write { session in
                guard let role = try identities.role(id, on: session.connection) else { throw Problem.notFound }
                try identities.updateRole(
                    id,
                    label: renamed(role.label, form.text("name"), context.language),
                    rights: RoleForm.rights(form, role.rights, session.schema),
                    by: actor,
                    on: session.connection
                )
            }
        } catch let problem as Problem where problem.isAboutInput {
            return try await show(page, problem)
        }
        return page.go(to: Addresses.roles + "/\(id)", .ok, AdminWords.saved)
    }

    /// The page shows one name: a role with one name for both languages keeps that, else only one changes.
    private static func renamed(_ label: Label, _ name: String, _ language: Language) -> Label {
        guard name != label.text(language) else { return label }
        if label.en == label.zh { return Label(name, zh: name) }
        return language == .zh ? Label(label.en, zh: name) : Label(name, zh: label.zh)
    }

    static func delete(_ page: PageCall) async throws -> Reply {
        let (actor, identities, id) = (try page.actor, page.call.workspace.identities, try page.call.recordID())
        do {
            try await page.write { try identities.deleteRole(id, by: actor, on: $0.connection) }
        } catch let problem as Problem where problem.isAboutInput {
            return page.go(to: Addresses.roles + "/\(id)", .bad, problem.message)
        }
        return page.go(to: Addresses.roles, .ok, AdminWords.done)
    }

    /// Restricts one field: posts `field` = `object.key` and `right`.
    static func setField(_ page: PageCall) async throws -> Reply {
        let (actor, identities, id) = (try page.actor, page.call.workspace.identities, try page.call.recordID())
        let (field, right) = (page.form.text("field"), FieldRight(name: page.form.text("right")) ?? .full)
        do {
            try await page.write { session in
                guard let role = try identities.role(id, on: session.connection) else { throw Problem.notFound }
                let parts = field.split(separator: ".").map(String.init)
                guard parts.count == 2, session.schema.object(parts[0])?.field(parts[1]) != nil else {
                    throw Problem.invalid("field", "unknown_field", Label("Choose a field.", zh: "请选择字段。"))
                }
                var rights = role.rights
                rights.fields[field] = right == .full ? nil : right
                try identities.updateRole(id, rights: rights, by: actor, on: session.connection)
            }
        } catch let problem as Problem where problem.isAboutInput {
            let message = problem.fields.first?.message ?? problem.message
            return page.go(to: Addresses.roles + "/\(id)", .bad, message)
        }
        return page.go(to: Addresses.roles + "/\(id)", .ok, AdminWords.saved)
    }
}

/// The matrix of a role, into the form and out of it.
enum RoleForm {
    /// A row per object, and one for all that are not named.
    static func rows(_ rights: Rights, _ schema: SchemaSnapshot, _ context: PageContext) -> [RightsRow] {
        schema.objects.filter { !$0.hidden }.map { row($0.key, context($0.label), rights.on($0.key)) }
            + [row("*", context(AdminWords.otherObjects), rights.on("*"))]
    }

    private static func row(_ key: String, _ label: String, _ rights: ObjectRights) -> RightsRow {
        var flags: Set<String> = []
        if rights.create { flags.insert("create") }
        if rights.export { flags.insert("export") }
        if rights.importing { flags.insert("import") }
        let scopes = [
            "read": rights.read.name, "update": rights.update.name, "delete": rights.delete.name,
            "assign": rights.assign.name,
        ]
        return RightsRow(object: key, label: label, scopes: scopes, flags: flags)
    }

    /// The rights that a form says; what it does not speak of stays. An object with the rights of «all other
    /// objects» is not named, so that it follows them.
    static func rights(_ form: FormFields, _ old: Rights, _ schema: SchemaSnapshot) -> Rights {
        var rights = old
        let others = object("*", form)
        rights.objects["*"] = others == ObjectRights() ? nil : others
        for key in schema.objects.filter({ !$0.hidden }).map(\.key) where form[key + ".read"] != nil {
            let given = object(key, form)
            let wasNamed = old.objects[key] != nil
            rights.objects[key] = given == others && !wasNamed ? nil : given
        }
        rights.capabilities = Set(form.all("capability").compactMap(Capability.init(rawValue:)))
        return rights
    }

    private static func object(_ key: String, _ form: FormFields) -> ObjectRights {
        var rights = ObjectRights()
        func scope(_ name: String) -> Scope { Scope(name: form.text("\(key).\(name)")) ?? .none }
        (rights.read, rights.update) = (scope("read"), scope("update"))
        (rights.delete, rights.assign) = (scope("delete"), scope("assign"))
        (rights.create, rights.export) = (form.isOn("\(key).create"), form.isOn("\(key).export"))
        rights.importing = form.isOn("\(key).import")
        return rights
    }
}

/// The restricted fields of a role.
enum RoleFields {
    static func html(_ role: Role, _ schema: SchemaSnapshot, in context: PageContext) -> HTML {
        let base = Addresses.roles + "/\(role.id)"
        let rows = role.rights.fields.sorted { $0.key < $1.key }.map { key, right in
            RowModel(
                id: key,
                name: key,
                cells: [
                    .text(name(key, schema, context)),
                    .text(context(right == .hidden ? AdminWords.hiddenField : AdminWords.readOnlyField)),
                ],
                actions: lift(key, base, context)
            )
        }
        let table = TableModel(
            caption: context(AdminWords.fieldRights),
            columns: [
                ColumnModel("field", context(AdminWords.field)), ColumnModel("right", context(AdminWords.right)),
            ],
            rows: rows
        )
        let fields = schema.objects.filter { !$0.hidden }.flatMap { object in
            object.visibleFields.filter { !$0.system && $0.key != object.nameField }.map { field in
                Option("\(object.key).\(field.key)", "\(context(object.label)) · \(context(field.label))")
            }
        }
        let rights = [
            Option("hidden", context(AdminWords.hiddenField)), Option("read_only", context(AdminWords.readOnlyField)),
        ]
        let delete = Pages.RecordPage.action(
            context(AdminWords.deleteRole),
            to: base + "/delete",
            icon: "trash",
            danger: true,
            in: context
        )
        return """
            <div class="k-stack"><section class="k-panel"><h2 class="k-panel-head">\(context(AdminWords.fieldRights))\
            <span class="k-help">\(context(AdminWords.fieldRightsText))</span></h2>\(HTML.when(!rows.isEmpty, Table.html(table, in: context)))\
            <form class="k-section" method="post" action="\(base)/fields" novalidate>\(context.csrfField)<div class="k-inline">\
            \(Control.select("field", context(AdminWords.field), [Option("", context(Words.choose))] + fields))\
            \(Control.select("right", context(AdminWords.right), rights))\
            <button class="k-btn">\(context(AdminWords.restrict))</button></div></form></section>\(delete)</div>
            """
    }

    private static func lift(_ key: String, _ base: String, _ context: PageContext) -> HTML {
        """
        <form method="post" action="\(base)/fields">\(context.csrfField)<input type="hidden" name="field" value="\(key)">\
        <input type="hidden" name="right" value="full"><button class="k-btn k-btn-small">\(context(AdminWords.fullField))</button></form>
        """
    }

    private static func name(_ key: String, _ schema: SchemaSnapshot, _ context: PageContext) -> String {
        let parts = key.split(separator: ".").map(String.init)
        guard parts.count == 2, let object = schema.object(parts[0]) else { return key }
        return "\(context(object.label)) · \(object.field(parts[1]).map { context($0.label) } ?? parts[1])"
    }
}
