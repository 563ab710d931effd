import Database
import Expressions
import HTTPTypes
import Identity
import Pages
import Records
import SQLText
import Schema
import Values

/// The administration of fields.
enum FieldHandlers {
    private static let controls: Set<String> = [
        "key", "en", "zh", "kind", "choices", "link", "formula", "max", "scale", "choice.key", "choice.en",
        "choice.zh",
    ]

    static func address(_ object: String, _ field: String) -> String {
        ObjectHandlers.address(object) + "/fields/" + field
    }

    static func errors(_ problem: Problem?, _ page: PageCall) -> FormErrors {
        guard let problem else { return FormErrors() }
        let names = ["label": "zh", "to": "link", "expression": "formula", "pattern": "formula"]
        return FormErrors(problem, known: controls, controls: names, in: page.context)
    }

    // MARK: New fields

    static func add(_ page: PageCall) async throws -> Reply {
        let object = page.call.parameter("object")
        do {
            let input = try await input(page, object)
            let back = ObjectHandlers.address(object)
            return try await SchemaForm.run(.addField(object: object, input), page, asks: true, done: back)
        } catch let problem as Problem where problem.isAboutInput {
            var state = ObjectHandlers.ObjectPageState()
            state.fieldProblem = problem
            return try await ObjectHandlers.show(page, state)
        }
    }

    private static func input(_ page: PageCall, _ object: String) async throws -> JSONValue {
        let form = page.form
        guard let label = form.label() else { throw Problem.invalid("label", "required", AdminWords.needsName) }
        let key = form.text("key").isEmpty ? label.proposedKey : form.text("key")
        var input: [JSONValue.Member] = [
            .init(key: "key", value: .string(key)), .init(key: "label", value: label.json),
            .init(key: "kind", value: .string(form.text("kind"))),
        ]
        for name in ["required", "unique", "indexed", "searchable"] where form.isOn(name) {
            input.append(.init(key: name, value: .bool(true)))
        }
        input += try await settings(page, object)
        return .object(input)
    }

    /// The settings of the chosen kind.
    private static func settings(_ page: PageCall, _ object: String) async throws -> [JSONValue.Member] {
        let form = page.form
        switch form.text("kind") {
        case "text", "long_text": return try number("max", form)
        case "decimal": return try number("scale", form)
        case "choice", "multi_choice":
            return [.init(key: "choices", value: try ChoiceLines.read(form["choices"] ?? ""))]
        case "link": return [.init(key: "to", value: .string(form.text("link")))]
        case "auto_number":
            return form.text("formula").isEmpty ? [] : [.init(key: "pattern", value: .string(form.text("formula")))]
        case "formula", "roll_up":
            let text = form.text("formula")
            let result = try await result(of: text, on: object, page)
            return [
                .init(key: "expression", value: .string(text)), .init(key: "result", value: .string(result.rawValue)),
            ]
        default: return []
        }
    }

    private static func number(_ name: String, _ form: FormFields) throws -> [JSONValue.Member] {
        let text = form.text(name)
        if text.isEmpty { return [] }
        guard Int64(text).map({ $0 > 0 }) ?? false else {
            throw Problem.invalid(name, "not_a_number", Label("Use a whole number above zero.", zh: "请填写大于零的整数。"))
        }
        return [.init(key: name, value: .number(text))]
    }

    /// What a formula gives, so that nobody has to say it.
    private static func result(of text: String, on object: String, _ page: PageCall) async throws -> ResultKind {
        try await page.read { session in
            guard let definition = session.schema.object(object) else { throw Problem.notFound }
            do {
                switch try session.check(text, on: definition, expecting: nil).type {
                case .text, .choice: return .text
                case .number: return .number
                case .boolean: return .boolean
                case .day: return .day
                case .instant: return .instant
                case let type:
                    throw Problem.invalid(
                        "expression",
                        "wrong_type",
                        Label(
                            "A formula cannot give \(type.label.en). It gives a text, number, date or yes or no.",
                            zh: "公式的结果不能是\(type.label.zh)，只能是文本、数字、日期或是/否。"
                        )
                    )
                }
            } catch let problem as Problem where problem.fields.isEmpty || problem.fields[0].field == "filter" {
                let message = problem.fields.first?.message ?? problem.message
                throw Problem.invalid("expression", problem.fields.first?.code ?? problem.code, message)
            }
        }
    }

    // MARK: One field

    static func show(_ page: PageCall) async throws -> Reply { try await show(page, nil) }

    static func show(_ page: PageCall, _ problem: Problem?, choice: Bool = false) async throws -> Reply {
        try page.actor.require(.schema)
        let (object, key) = (page.call.parameter("object"), page.call.parameter("field"))
        let errors = errors(problem, page)
        let status = problem.map { HTTPResponse.Status(code: $0.kind.rawValue) } ?? .ok
        return try await page.show(status: status) { session in
            let (definition, field) = try found(object, key, session)
            var byControl = errors.byControl
            if choice { for (name, text) in errors.byControl { byControl["choice." + name] = text } }
            return PageBody(
                page.context(field.label),
                FieldPage.html(field, of: definition, errors: byControl, in: page.context),
                current: Addresses.settings,
                crumbs: [
                    AdminCrumbs.settings(page), AdminCrumbs.objects(page),
                    Crumb(page.context(definition.label), ObjectHandlers.address(definition.key)),
                ],
                flash: errors.flash
            )
        }
    }

    static func found(_ object: String, _ key: String, _ session: ReadSession) throws -> (
        ObjectDefinition, FieldDefinition
    ) {
        guard let definition = session.schema.object(object), let field = definition.field(key), !field.system else {
            throw Problem.notFound
        }
        return (definition, field)
    }

    static func change(_ page: PageCall) async throws -> Reply {
        let (object, key, form) = (page.call.parameter("object"), page.call.parameter("field"), page.form)
        do {
            guard let label = form.label() else { throw Problem.invalid("label", "required", AdminWords.needsName) }
            let help = form.label(en: "help_en", zh: "help_zh")
            var input: [JSONValue.Member] = [
                .init(key: "label", value: label.json), .init(key: "help", value: help?.json ?? .null),
            ]
            for name in ["required", "unique", "indexed", "searchable"] {
                input.append(.init(key: name, value: .bool(form.isOn(name))))
            }
            var stored = key
            if !form.text("key").isEmpty, form.text("key") != key {
                input.append(.init(key: "key", value: .string(form.text("key"))))
                stored = form.text("key").hasPrefix("x_") ? form.text("key") : "x_" + form.text("key")
            }
            let change = SchemaChange.updateField(object: object, key: key, .object(input))
            return try await SchemaForm.run(change, page, done: address(object, stored), back: address(object, key))
        } catch let problem as Problem where problem.isAboutInput {
            return try await show(page, problem)
        }
    }

    /// The buttons beside a field.
    static func act(_ page: PageCall) async throws -> Reply {
        let (object, key) = (page.call.parameter("object"), page.call.parameter("field"))
        let back = ObjectHandlers.address(object)
        switch page.call.parameter("verb") {
        case "hide", "show":
            let isHidden = page.call.parameter("verb") == "hide"
            let change = SchemaChange.updateField(object: object, key: key, members(["hidden": .bool(isHidden)]))
            return try await SchemaForm.press(change, page, done: back)
        case "delete":
            return try await SchemaForm.press(.removeField(object: object, key: key), page, asks: true, done: back)
        case "restore":
            try page.actor.require(.schema)
            let removed = try await page.read { try RemovedDefinition.fields(of: object, $0) }
            guard let id = removed.first(where: { $0.field.key == key })?.id else { throw Problem.notFound }
            return try await SchemaForm.press(.restoreField(object: object, id: id), page, done: back)
        default: throw Problem.noSuchAddress
        }
    }
}
