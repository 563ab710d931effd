import Database
import HTTPTypes
import Identity
import Pages
import Records
import SQLText
import Schema
import Values

/// Changes of the schema that a form asks for: what will be done is shown first, then done.
enum SchemaForm {
    /// Does a change when the form says that it was looked at, else shows its plan. A change that touches no table is
    /// done at once unless `asks`.
    ///
    /// Throws what is wrong with the input; the caller shows it in its form.
    static func run(
        _ change: SchemaChange,
        _ page: PageCall,
        asks: Bool = false,
        done address: String,
        back: String? = nil
    ) async throws -> Reply {
        let actor = try page.actor
        try actor.require(.schema)
        if page.form["_confirmed"] == nil {
            let plan = try await page.call.engine.plan(change, as: actor)
            if asks || plan.steps.contains(where: { $0.sql != nil }) {
                let body = PageBody(
                    page.context(AdminWords.planTitle),
                    PlanPage.html(plan, page, back: back ?? address),
                    current: Addresses.settings,
                    crumbs: [AdminCrumbs.settings(page), AdminCrumbs.objects(page)]
                )
                return page.html(body)
            }
        }
        try await page.call.engine.apply(change, as: actor)
        return page.go(to: address, .ok, AdminWords.changed)
    }

    /// The same for a button without a form of its own: what is wrong is said on the page that it leads back to.
    static func press(
        _ change: SchemaChange,
        _ page: PageCall,
        asks: Bool = false,
        done address: String,
        back: String? = nil
    ) async throws -> Reply {
        do {
            return try await run(change, page, asks: asks, done: address, back: back)
        } catch let problem as Problem where problem.isAboutInput {
            return page.go(to: back ?? address, .bad, problem.message)
        } catch let problem as Problem where problem.kind == .forbidden {
            // The right is there, else the page would not be; what is refused is this change.
            try page.actor.require(.schema)
            return page.go(to: back ?? address, .bad, problem.message)
        }
    }
}

/// The page that shows what a change will do before it is done.
enum PlanPage {
    static func html(_ plan: SchemaPlan, _ page: PageCall, back: String) -> HTML {
        let context = page.context
        let steps = HTML.each(
            plan.steps.map(\.text).reduce(into: [Label]()) { list, text in
                if list.last != text { list.append(text) }
            }
        ) { "<li>\(context($0))</li>" }
        let hidden = HTML.each(page.form.items.filter { $0.name != "_csrf" }) {
            "<input type=\"hidden\" name=\"\($0.name)\" value=\"\($0.value)\">"
        }
        let statements = plan.steps.compactMap { $0.sql?.text }
        let sql: HTML = """
            <details class="k-section k-fold"><summary>\(Icons.use("right"))\(context(AdminWords.statements))</summary>\
            <div class="k-scroll" tabindex="0" role="region" aria-label="\(context(AdminWords.statements))"><div class="k-mono k-small k-text">\
            \(HTML.each(statements) { "<p>\($0);</p>" })</div></div></details>
            """
        return """
            <div class="k-narrow">\(Layout.head("\(context(AdminWords.planTitle))", text: context(AdminWords.planText)))
            <form class="k-panel" method="post" action="\(page.call.path)">\(context.csrfField)\(hidden)\
            <input type="hidden" name="_confirmed" value="true"><div class="k-section"><ol class="k-text">\(steps)</ol></div>\
            \(HTML.when(!statements.isEmpty, sql))<div class="k-form-foot">\
            <button class="k-btn k-btn-primary">\(context(AdminWords.applyPlan))</button>\
            <a class="k-btn"\(href: back)>\(context(Words.cancel))</a></div></form></div>
            """
    }
}
