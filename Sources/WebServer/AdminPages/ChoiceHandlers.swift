import Database
import HTTPTypes
import Identity
import Pages
import Records
import SQLText
import Schema
import Values

/// The choices of a field.
enum ChoiceHandlers {
    static func add(_ page: PageCall) async throws -> Reply {
        let form = page.form
        do {
            guard let label = form.label() else { throw Problem.invalid("zh", "required", AdminWords.needsName) }
            let key = form.text("key").isEmpty ? label.proposedKey : form.text("key")
            guard !key.isEmpty else {
                throw Problem.invalid("key", "required", Label("Give the choice a key.", zh: "请填写选项标识。"))
            }
            return try await changed(page) { choices in
                guard !choices.contains(where: { $0.key == key }) else {
                    throw Problem.invalid(
                        "key",
                        "key_taken",
                        Label("This key is in use already.", zh: "该标识已被使用。")
                    )
                }
                choices.append(Choice(key, label))
            }
        } catch let problem as Problem where problem.isAboutInput {
            return try await FieldHandlers.show(page, problem, choice: true)
        }
    }

    static func rename(_ page: PageCall) async throws -> Reply {
        let key = page.call.parameter("choice")
        guard let label = page.form.label() else { return back(page, AdminWords.needsName) }
        return try await pressed(page) { choices in
            guard let index = choices.firstIndex(where: { $0.key == key }) else { throw Problem.notFound }
            choices[index].label = label
        }
    }

    static func act(_ page: PageCall) async throws -> Reply {
        let (key, verb) = (page.call.parameter("choice"), page.call.parameter("verb"))
        switch verb {
        case "hide", "show":
            return try await pressed(page) { choices in
                guard let index = choices.firstIndex(where: { $0.key == key }) else { throw Problem.notFound }
                choices[index].hidden = verb == "hide"
            }
        case "delete": return try await delete(page, key)
        default: throw Problem.noSuchAddress
        }
    }

    private static func delete(_ page: PageCall, _ key: String) async throws -> Reply {
        let (object, field) = (page.call.parameter("object"), page.call.parameter("field"))
        let target = page.form.text("move_to")
        let change = SchemaChange.removeChoice(
            object: object,
            field: field,
            choice: key,
            moveTo: target.isEmpty ? nil : target
        )
        let address = FieldHandlers.address(object, field)
        do {
            return try await SchemaForm.run(change, page, asks: true, done: address)
        } catch let problem as Problem where problem.code == "choice_in_use" {
            return try await askForTarget(page, key, problem)
        } catch let problem as Problem where problem.isAboutInput {
            return back(page, problem.message)
        }
    }

    /// Records have the choice: asks which one they get instead.
    private static func askForTarget(_ page: PageCall, _ key: String, _ problem: Problem) async throws -> Reply {
        let (object, name) = (page.call.parameter("object"), page.call.parameter("field"))
        return try await page.show(status: .conflict) { session in
            let (_, field) = try FieldHandlers.found(object, name, session)
            let rest = field.kind.choices.filter { $0.key != key && !$0.hidden }
            let options = rest.map { Option($0.key, page.context($0.label)) }
            let gone = field.kind.choices.first { $0.key == key }.map { page.context($0.label) } ?? key
            let html: HTML = """
                <div class="k-narrow">\(Layout.head("\(page.context(Words.delete)): \(gone)", text: page.context(AdminWords.moveText)))
                <form class="k-panel" method="post" action="\(page.call.path)">\(page.context.csrfField)<div class="k-section k-form">\
                \(Control.select("move_to", page.context(AdminWords.moveTo), options))</div><div class="k-form-foot">\
                <button class="k-btn k-btn-primary">\(page.context(Words.next))</button>\
                <a class="k-btn" href="\(FieldHandlers.address(object, name))">\(page.context(Words.cancel))</a></div></form></div>
                """
            return PageBody(page.context(Words.delete), html, current: Addresses.settings)
        }
    }

    /// Changes the list of choices of the field in the path.
    private static func changed(
        _ page: PageCall,
        _ body: @escaping @Sendable (inout [Choice]) throws -> Void
    ) async throws -> Reply {
        let (object, key) = (page.call.parameter("object"), page.call.parameter("field"))
        try page.actor.require(.schema)
        let input = try await page.read { session in
            var choices = try FieldHandlers.found(object, key, session).1.kind.choices
            try body(&choices)
            return members(["choices": .array(choices.map(ChoiceLines.json))])
        }
        let change = SchemaChange.updateField(object: object, key: key, input)
        return try await SchemaForm.run(change, page, done: FieldHandlers.address(object, key))
    }

    private static func pressed(
        _ page: PageCall,
        _ body: @escaping @Sendable (inout [Choice]) throws -> Void
    ) async throws -> Reply {
        do {
            return try await changed(page, body)
        } catch let problem as Problem where problem.isAboutInput {
            return back(page, problem.fields.first?.message ?? problem.message)
        }
    }

    private static func back(_ page: PageCall, _ message: Label) -> Reply {
        let address = FieldHandlers.address(page.call.parameter("object"), page.call.parameter("field"))
        return page.go(to: address, .bad, message)
    }
}

/// Choices as they are typed: one per line, `key, English, Chinese`; a line with one part is a name.
enum ChoiceLines {
    static func read(_ text: String) throws -> JSONValue {
        var choices: [Choice] = []
        for line in text.split(whereSeparator: \.isNewline) {
            let parts = line.split(separator: ",", omittingEmptySubsequences: false)
                .flatMap { $0.split(separator: "，", omittingEmptySubsequences: false) }
                .map { String($0).trimmingSpaces }
            guard let first = parts.first, !first.isEmpty else { continue }
            switch parts.count {
            case 1:
                let label = Label(first, zh: first)
                let key = label.proposedKey
                choices.append(Choice(key.isEmpty ? "choice_\(choices.count + 1)" : key, label))
            case 2: choices.append(Choice(first, Label(parts[1], zh: parts[1])))
            default: choices.append(Choice(first, Label(parts[1], zh: parts[2])))
            }
        }
        guard !choices.isEmpty else { throw Problem.invalid("choices", "required", AdminWords.needsChoices) }
        return .array(choices.map(json))
    }

    /// A choice as definitions have it.
    static func json(_ choice: Choice) -> JSONValue {
        var members: [JSONValue.Member] = [
            .init(key: "key", value: .string(choice.key)), .init(key: "label", value: choice.label.json),
        ]
        if choice.hidden { members.append(.init(key: "hidden", value: .bool(true))) }
        if let group = choice.group { members.append(.init(key: "group", value: .string(group))) }
        if let share = choice.probability { members.append(.init(key: "probability", value: .number(String(share)))) }
        if let outcome = choice.outcome { members.append(.init(key: "outcome", value: .string(outcome))) }
        return .object(members)
    }
}
