import Database
import Duplicates
import HTTPTypes
import Identity
import Jobs
import Pages
import Records
import Schema
import Values

/// The duplicate rules of an object.
enum DuplicateRuleHandlers {
    static func address(_ object: String) -> String { ObjectHandlers.address(object) + "/duplicates" }

    static func show(_ page: PageCall) async throws -> Reply { try await show(page, nil) }

    private static func show(_ page: PageCall, _ problem: Problem?) async throws -> Reply {
        try page.actor.require(.schema)
        let key = page.call.parameter("object")
        let status = problem.map { HTTPResponse.Status(code: $0.kind.rawValue) } ?? .ok
        return try await page.show(status: status) { session in
            guard let object = session.schema.object(key) else { throw Problem.notFound }
            let rules = try session.duplicateRules(of: object) ?? DuplicateRules(warnAt: 50, [])
            let context = page.context
            var comparisons = rules.comparisons.map { comparison in
                ComparisonForm(
                    fields: comparison.fields,
                    method: comparison.method.rawValue,
                    agree: String(comparison.agree),
                    disagree: String(comparison.disagree),
                    finds: comparison.finds,
                    condition: comparison.condition.map { $0.field + ":" + $0.key } ?? ""
                )
            }
            comparisons += (0..<3).map { _ in ComparisonForm() }
            if problem != nil { comparisons = typed(page.form) }
            let fields = object.visibleFields.filter { !$0.system && !$0.kind.isComputed }
            let conditions = fields.flatMap { field in
                field.kind.choices.filter { !$0.hidden }.map { choice in
                    let colon = context(PageTexts.colon)
                    return Option(field.key + ":" + choice.key, context(field.label) + colon + context(choice.label))
                }
            }
            let form = DuplicateRulesForm(
                action: address(key),
                active: problem == nil ? rules.active : page.form.isOn("active"),
                warnAt: problem == nil ? String(rules.warnAt) : page.form.text("warn_at"),
                blockAt: problem == nil ? rules.blockAt.map { String($0) } ?? "" : page.form.text("block_at"),
                comparisons: comparisons,
                fields: fields.map { Option($0.key, context($0.label)) },
                methods: Comparison.Method.allCases.map { Option($0.rawValue, context($0.label)) },
                conditions: conditions,
                problem: problem.map { problem in
                    ([problem.message] + problem.fields.map(\.message)).map { context($0) }.joined(separator: " ")
                }
            )
            return PageBody(
                context(DuplicateTexts.rules),
                DuplicateRulesPage.html(form, in: context),
                current: Addresses.settings,
                crumbs: [
                    AdminCrumbs.settings(page), AdminCrumbs.objects(page),
                    Crumb(context(object.label), ObjectHandlers.address(key)),
                ]
            )
        }
    }

    private static func typed(_ form: FormFields) -> [ComparisonForm] {
        (0..<30).compactMap { index in
            guard form["\(index).method"] != nil else { return nil }
            return ComparisonForm(
                fields: (0..<3).map { form.text("\(index).\($0)") }.filter { !$0.isEmpty },
                method: form.text("\(index).method"),
                agree: form.text("\(index).agree"),
                disagree: form.text("\(index).disagree"),
                finds: form.isOn("\(index).finds"),
                condition: form.text("\(index).when")
            )
        }
    }

    static func save(_ page: PageCall) async throws -> Reply {
        try page.actor.require(.schema)
        let key = page.call.parameter("object")
        let jobs = page.call.workspace.jobs
        let input = page.form.text("_action") == "reset" ? JSONValue.null : json(page.form)
        do {
            try await page.write { session in
                guard let object = session.schema.object(key) else { throw Problem.notFound }
                try session.setDuplicateRules(input, of: object)
                try DuplicatesAPI.enqueue(key, jobs, on: session.connection)
            }
        } catch let problem as Problem where problem.isAboutInput {
            return try await show(page, problem)
        }
        return page.go(to: address(key), .ok, PageTexts.saved)
    }

    /// What was typed as the API takes it; comparisons without a field are left out.
    private static func json(_ form: FormFields) -> JSONValue {
        func number(_ text: String, empty: JSONValue) -> JSONValue {
            text.isEmpty ? empty : Int64(text).map { .number(String($0)) } ?? .string(text)
        }
        let comparisons = typed(form).filter { !$0.fields.isEmpty }.map { comparison in
            let parts = comparison.condition.split(separator: ":", maxSplits: 1).map(String.init)
            let condition: JSONValue =
                parts.count == 2 ? members(["field": .string(parts[0]), "is": .string(parts[1])]) : .null
            return members([
                "fields": .array(comparison.fields.map(JSONValue.string)), "method": .string(comparison.method),
                "agree": number(comparison.agree, empty: .number("0")),
                "disagree": number(comparison.disagree, empty: .number("0")), "finds": .bool(comparison.finds),
                "when": condition,
            ])
        }
        return members([
            "active": .bool(form.isOn("active")), "warn_at": number(form.text("warn_at"), empty: .null),
            "block_at": number(form.text("block_at"), empty: .null), "comparisons": .array(comparisons),
        ])
    }
}
