import Database
import HTTPTypes
import Identity
import Pages
import Records
import SQLText
import Schema
import Values

/// The administration of objects: those of the product and those that administrators add.
enum ObjectHandlers {
    private static let controls: Set<String> = ["key", "en", "zh", "en_plural", "zh_plural"]

    static func address(_ object: String) -> String { Addresses.objects + "/" + object }

    static func list(_ page: PageCall) async throws -> Reply { try await list(page, nil) }

    private static func list(_ page: PageCall, _ problem: Problem?) async throws -> Reply {
        try page.actor.require(.schema)
        let errors = errors(problem, page)
        return try await page.show(status: status(problem)) { session in
            let removed = try RemovedDefinition.objects(session)
            let list = ObjectsPage.html(
                session.schema.objects,
                draft: problem == nil ? [:] : page.form.draft,
                errors: errors.byControl,
                in: page.context
            )
            let html = AdminStack.html([list, RemovedDefinition.panel(removed, in: page.context)])
            return PageBody(
                page.context(AdminTexts.objects),
                html,
                current: Addresses.settings,
                crumbs: [AdminCrumbs.settings(page)],
                flash: errors.flash
            )
        }
    }

    static func add(_ page: PageCall) async throws -> Reply {
        let form = page.form
        do {
            guard let label = form.label() else { throw Problem.invalid("label", "required", AdminWords.needsName) }
            let key = form.text("key").isEmpty ? label.proposedKey : form.text("key")
            let many = form.label(en: "en_plural", zh: "zh_plural") ?? label
            let input = members([
                "key": .string(key), "label": label.json, "plural_label": many.json,
            ])
            let stored = key.hasPrefix("x_") ? key : "x_" + key
            return try await SchemaForm.run(
                .addObject(input),
                page,
                asks: true,
                done: address(stored),
                back: Addresses.objects
            )
        } catch let problem as Problem where problem.isAboutInput {
            return try await list(page, problem)
        }
    }

    static func show(_ page: PageCall) async throws -> Reply { try await show(page, ObjectPageState()) }

    /// What came back to the page of an object.
    struct ObjectPageState: Sendable {
        var fieldProblem: Problem?
        var ruleProblem: Problem?
        var rule = ""
    }

    static func show(_ page: PageCall, _ state: ObjectPageState) async throws -> Reply {
        try page.actor.require(.schema)
        let key = page.call.parameter("object")
        let problem = state.fieldProblem ?? state.ruleProblem
        let errors = FieldHandlers.errors(state.fieldProblem, page)
        return try await page.show(status: status(problem)) { session in
            guard let object = session.schema.object(key) else { throw Problem.notFound }
            let targets = session.schema.objects.filter { !$0.hidden }.map { Option($0.key, page.context($0.label)) }
            let draft = state.fieldProblem == nil ? [:] : page.form.draft
            let form = FieldForm(objects: targets, draft: draft, errors: errors.byControl)
            let removed = try RemovedDefinition.fields(of: key, session)
            var rules = RulesModel(object: object)
            if let wrong = state.ruleProblem {
                rules.editing = state.rule
                rules.draft = page.form.draft
                rules.errors = RuleHandlers.errors(wrong, page).byControl
            }
            let fields = FieldsPage.html(object, removed: removed.map(\.field), form: form, in: page.context)
            let html = AdminStack.html([fields, RulesPanel.html(rules, in: page.context)])
            return PageBody(
                page.context(object.label),
                html,
                current: Addresses.settings,
                crumbs: [AdminCrumbs.settings(page), AdminCrumbs.objects(page)],
                flash: errors.flash
            )
        }
    }

    static func rename(_ page: PageCall) async throws -> Reply {
        let key = page.call.parameter("object")
        guard let label = page.form.label() else { return page.go(to: address(key), .bad, AdminWords.needsName) }
        let many = page.form.label(en: "en_plural", zh: "zh_plural") ?? label
        let input = members(["label": label.json, "plural_label": many.json])
        return try await SchemaForm.press(.updateObject(key, input), page, done: address(key))
    }

    /// The buttons of an object's page, and of the list of removed ones.
    static func act(_ page: PageCall) async throws -> Reply {
        let key = page.call.parameter("object")
        switch page.call.parameter("verb") {
        case "hide", "show":
            let isHidden = page.call.parameter("verb") == "hide"
            let change = SchemaChange.updateObject(key, members(["hidden": .bool(isHidden)]))
            return try await SchemaForm.press(change, page, done: address(key))
        case "delete":
            return try await SchemaForm.press(
                .removeObject(key),
                page,
                asks: true,
                done: Addresses.objects,
                back: address(key)
            )
        case "restore":
            return try await SchemaForm.press(
                .restoreObject(key),
                page,
                done: address(key),
                back: Addresses.objects
            )
        default: throw Problem.noSuchAddress
        }
    }

    private static func errors(_ problem: Problem?, _ page: PageCall) -> FormErrors {
        guard let problem else { return FormErrors() }
        return FormErrors(problem, known: controls, controls: ["label": "zh", "plural": "key"], in: page.context)
    }

    private static func status(_ problem: Problem?) -> HTTPResponse.Status {
        problem.map { HTTPResponse.Status(code: $0.kind.rawValue) } ?? .ok
    }
}

/// Definitions that were removed and can still be restored.
enum RemovedDefinition {
    /// The removed objects: key and name.
    static func objects(_ session: ReadSession) throws -> [(key: String, label: Label)] {
        try json(session)["objects"]?.array?.compactMap { item in
            guard let definition = item["definition"], let key = definition["key"]?.string,
                let label = label(definition["label"])
            else { return nil }
            return (key, label)
        } ?? []
    }

    /// The removed fields of an object, with the ids by which they are restored.
    static func fields(of object: String, _ session: ReadSession) throws -> [(id: String, field: FieldDefinition)] {
        try json(session)["fields"]?.array?.compactMap { item in
            guard item["object"]?.string == object, let definition = item["definition"],
                let id = definition["id"]?.string, let key = definition["key"]?.string,
                let label = label(definition["label"])
            else { return nil }
            return (id, FieldDefinition(id: id, key: key, label: label, kind: .text(max: 200)))
        } ?? []
    }

    private static func json(_ session: ReadSession) throws -> JSONValue {
        var json = JSONWriter()
        try session.writeRemovedDefinitions(to: &json)
        return try JSONReader.parse(json.bytes)
    }

    private static func label(_ json: JSONValue?) -> Label? {
        guard let en = json?["en"]?.string, let zh = json?["zh"]?.string else { return nil }
        return Label(en, zh: zh)
    }

    static func panel(_ objects: [(key: String, label: Label)], in context: PageContext) -> HTML {
        guard !objects.isEmpty else { return .empty }
        let items = HTML.each(objects) { object in
            let button = Pages.RecordPage.action(
                context(Words.restore),
                to: ObjectHandlers.address(object.key) + "/restore",
                icon: "restore",
                small: true,
                in: context
            )
            return "<li><strong>\(context(object.label))</strong>\(button)</li>"
        }
        return """
            <div class="k-medium"><section class="k-panel"><h2 class="k-panel-head">\(context(AdminWords.removedObjects))\
            <span class="k-help">\(context(AdminTexts.removedText))</span></h2><ul class="k-related">\(items)</ul></section></div>
            """
    }
}
