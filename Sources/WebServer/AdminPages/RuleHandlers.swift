import Database
import HTTPTypes
import Identity
import Pages
import Records
import SQLText
import Schema
import Values

/// The rules that every saved record of an object must meet.
enum RuleHandlers {
    static func errors(_ problem: Problem, _ page: PageCall) -> FormErrors {
        FormErrors(
            problem,
            known: ["expression", "zh", "en"],
            controls: ["rules": "expression"],
            in: page.context
        )
    }

    static func add(_ page: PageCall) async throws -> Reply {
        let id = page.call.engine.ids.next().description
        return try await store(page, "") { rules in rules.append(try rule(id, page.form)) }
    }

    static func change(_ page: PageCall) async throws -> Reply {
        let id = page.call.parameter("rule")
        return try await store(page, id) { rules in
            guard let index = rules.firstIndex(where: { $0.id == id }) else { throw Problem.notFound }
            rules[index] = try rule(id, page.form)
            rules[index].active = page.form.isOn("active")
        }
    }

    static func delete(_ page: PageCall) async throws -> Reply {
        let id = page.call.parameter("rule")
        return try await store(page, id) { rules in
            guard rules.contains(where: { $0.id == id }) else { throw Problem.notFound }
            rules.removeAll { $0.id == id }
        }
    }

    private static func rule(_ id: String, _ form: FormFields) throws -> ValidationRule {
        let expression = form.text("expression")
        guard !expression.isEmpty else {
            throw Problem.invalid("expression", "required", AdminWords.needsCondition)
        }
        guard let message = form.label() else { throw Problem.invalid("zh", "required", AdminWords.needsMessage) }
        let field = form.text("field")
        return ValidationRule(id: id, expression: expression, message: message, field: field.isEmpty ? nil : field)
    }

    private static func store(
        _ page: PageCall,
        _ id: String,
        _ body: @escaping @Sendable (inout [ValidationRule]) throws -> Void
    ) async throws -> Reply {
        try page.actor.require(.schema)
        let key = page.call.parameter("object")
        do {
            let input = try await page.read { session in
                guard var rules = session.schema.object(key)?.rules else { throw Problem.notFound }
                try body(&rules)
                return members(["rules": .array(rules.map(json))])
            }
            return try await SchemaForm.run(.updateObject(key, input), page, done: ObjectHandlers.address(key))
        } catch let problem as Problem where problem.isAboutInput {
            var state = ObjectHandlers.ObjectPageState()
            state.ruleProblem = problem
            state.rule = id
            return try await ObjectHandlers.show(page, state)
        }
    }

    private static func json(_ rule: ValidationRule) -> JSONValue {
        members([
            "id": .string(rule.id), "expression": .string(rule.expression), "message": rule.message.json,
            "field": rule.field.map(JSONValue.string) ?? .null, "active": .bool(rule.active),
        ])
    }
}

/// What the panel of rules shows.
struct RulesModel {
    var object: ObjectDefinition
    /// The rule whose form came back; empty for a new one, nil for none.
    var editing: String?
    var draft: [String: String] = [:]
    var errors: [String: String] = [:]

    init(object: ObjectDefinition) { self.object = object }
}

/// The rules of an object, with a form for each and one for a new rule.
enum RulesPanel {
    static func html(_ model: RulesModel, in context: PageContext) -> HTML {
        let base = ObjectHandlers.address(model.object.key) + "/rules"
        let items = HTML.each(model.object.rules) { rule in
            let delete = Pages.RecordPage.action(
                context(Words.delete),
                to: base + "/" + rule.id + "/delete",
                icon: "trash",
                danger: true,
                small: true,
                in: context
            )
            let off = HTML.when(!rule.active, Badge.html(context(Words.disabled)))
            return """
                <details class="k-section k-fold"\(attribute: "open", if: model.editing == rule.id)><summary>\(Icons.use("right"))\
                <span>\(context(rule.message)) <code>\(rule.expression)</code> \(off)</span></summary>\
                \(form(rule, model, base + "/" + rule.id, context))\(delete)</details>
                """
        }
        return """
            <div class="k-medium"><section class="k-panel"><h2 class="k-panel-head">\(context(AdminWords.rules))\
            <span class="k-help">\(context(AdminWords.rulesText))</span></h2>\(items)\
            <div class="k-section">\(form(nil, model, base, context))</div></section></div>
            """
    }

    private static func form(_ rule: ValidationRule?, _ model: RulesModel, _ action: String, _ context: PageContext)
        -> HTML
    {
        let isBack = model.editing == (rule?.id ?? "")
        let errors = isBack ? model.errors : [:]
        func value(_ name: String, _ stored: String?) -> String { (isBack ? model.draft[name] : nil) ?? stored ?? "" }
        let suffix = rule.map { "-" + $0.id } ?? "-new"
        func input(_ name: String, _ label: Label, _ stored: String?, help: Label? = nil) -> HTML {
            let error = errors[name]
            return """
                <div class="k-field"><label class="k-label" for="r-\(name)\(suffix)">\(context(label))</label>\
                <input class="k-input\(raw: name == "expression" ? " k-mono-input" : "")" id="r-\(name)\(suffix)" name="\(name)" \
                value="\(value(name, stored))" autocomplete="off"\(attribute: "aria-invalid", error == nil ? nil : "true")>\
                \(HTML.with(help) { "<p class=\"k-help\">\(context($0))</p>" })\
                \(HTML.with(error) { "<p class=\"k-error\">\(Icons.use("warning"))<span>\($0)</span></p>" })</div>
                """
        }
        let chosen = value("field", rule?.field)
        let fields = model.object.visibleFields.filter { !$0.system }.map { Option($0.key, context($0.label)) }
        let options = HTML.each([Option("", context(AdminWords.wholeRecord))] + fields) {
            "<option value=\"\($0.value)\"\(attribute: "selected", if: $0.value == chosen)>\($0.label)</option>"
        }
        let active: HTML = """
            <label class="k-option"><input type="checkbox" name="active" value="true"\(attribute: "checked", if: rule?.active ?? true)>\(context(AdminWords.isActive))</label>
            """
        return """
            <form method="post" action="\(action)" novalidate>\(context.csrfField)<div class="k-fields">\
            \(input("expression", AdminWords.condition, rule?.expression, help: rule == nil ? AdminWords.conditionHelp : nil))\
            <div class="k-field"><label class="k-label" for="r-field\(suffix)">\(context(AdminWords.ruleField))</label>\
            <select class="k-input" id="r-field\(suffix)" name="field">\(options)</select></div>\
            \(input("zh", AdminWords.messageZh, rule?.message.zh))\(input("en", AdminWords.messageEn, rule?.message.en))\
            \(HTML.when(rule != nil, active))</div><p class="k-parts-foot"><button class="k-btn">\(context(rule == nil ? AdminWords.addRule : Words.save))</button></p></form>
            """
    }
}
