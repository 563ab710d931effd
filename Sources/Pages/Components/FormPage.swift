import Schema
import Values

/// A group of fields under a heading.
public struct FormSection: Sendable {
    /// The heading; nil for none.
    public var title: String?
    /// The fields in order.
    public var fields: [FieldModel]

    /// A group of fields under a heading.
    public init(_ title: String? = nil, _ fields: [FieldModel]) {
        self.title = title
        self.fields = fields
    }
}

/// A form that makes or changes a record.
public struct FormModel: Sendable {
    /// The heading of the page.
    public var title: String
    /// Where it is sent, by POST.
    public var action: String
    /// The groups of fields.
    public var sections: [FormSection]
    /// What is wrong with the record as a whole.
    public var problems: [String]
    /// The words of the main button; a verb and what it is about.
    public var saveLabel: String
    /// Where «Cancel» leads.
    public var cancel: String
    /// The version that was read; sent as `_version`.
    public var version: String?
    /// More values to send along, such as the record from which a new one was begun.
    public var hidden: [Option]
    /// What stands above the fields, as a warning of duplicates.
    public var notice: HTML = .empty
    /// Where the script asks for that while somebody types, by POST; nil when it does not.
    public var check: String?

    /// A form that makes or changes a record.
    public init(
        title: String,
        action: String,
        sections: [FormSection],
        problems: [String] = [],
        saveLabel: String,
        cancel: String,
        version: String? = nil,
        hidden: [Option] = []
    ) {
        self.title = title
        self.action = action
        self.sections = sections
        self.problems = problems
        self.saveLabel = saveLabel
        self.cancel = cancel
        self.version = version
        self.hidden = hidden
    }
}

/// The page with a form.
public enum FormPage {
    /// Summary of errors, fields in groups, save and cancel.
    public static func html(_ model: FormModel, in context: PageContext) -> HTML {
        let fields = model.sections.flatMap(\.fields)
        let hasFile = fields.contains { if case .file = $0.definition.kind { true } else { false } }
        let hidden = HTML.each(model.hidden) { "<input type=\"hidden\" name=\"\($0.value)\" value=\"\($0.label)\">" }
        return """
            <div class="k-narrow">\(Layout.head(HTML(text: model.title)))\
            \(summary(problems: model.problems, fields: fields, in: context))
            <form class="k-panel" method="post" action="\(hasFile ? WebAddress.path(model.action, ["_csrf": context.csrf]) : model.action)" novalidate\
            \(attribute: "enctype", hasFile ? "multipart/form-data" : nil)\(attribute: "data-check", model.check)>\(context.csrfField)\
            \(HTML.with(model.version) { "<input type=\"hidden\" name=\"_version\" value=\"\($0)\">" })\(hidden)\(model.notice)
            \(HTML.each(model.sections) { section($0, context) })
            <div class="k-form-foot"><button class="k-btn k-btn-primary">\(model.saveLabel)</button>\
            <a class="k-btn"\(href: model.cancel)>\(context(Words.cancel))</a></div></form></div>
            """
    }

    /// What is wrong with a form, with links to the fields; nothing when all is well.
    public static func summary(problems: [String], fields: [FieldModel], in context: PageContext) -> HTML {
        let wrong = fields.compactMap { field in field.error.map { (field, $0) } }
        let count = problems.count + wrong.count
        guard count > 0 else { return .empty }
        let items =
            HTML.each(problems) { "<li>\($0)</li>" }
            + HTML.each(wrong) { field, error in
                "<li><a href=\"#\(field.controlID)\">\(context(field.definition.label))</a> — \(error)</li>"
            }
        return """
            <div class="k-summary" role="alert" tabindex="-1"><h2>\(Icons.use("warning"))\(context(ErrorTexts.summary(count)))</h2>\
            <ul>\(items)</ul></div>
            """
    }

    private static func section(_ section: FormSection, _ context: PageContext) -> HTML {
        """
        <section class="k-section">\(HTML.with(section.title) { "<h2>\($0)</h2>" })<div class="k-fields">\
        \(HTML.each(section.fields) { FieldControl.html($0, in: context) })</div></section>
        """
    }
}
