import Schema

/// One field of a record, changed in place.
public enum CellForm {
    /// The control with its buttons; `note` tells what somebody else has written meanwhile.
    public static func html(
        _ field: FieldModel,
        action: String,
        version: String,
        note: String?,
        in context: PageContext
    ) -> HTML {
        var field = field
        field.autofocus = true
        let conflict = HTML.with(note) { "<p class=\"k-note k-note-warn\" role=\"alert\">\($0)</p>" }
        return """
            <form id="k-cell" class="k-cell-form" method="post" action="\(action)">\(context.csrfField)\
            <input type="hidden" name="_field" value="\(field.definition.key)"><input type="hidden" name="_version" value="\(version)">\
            \(conflict)\(FieldControl.html(field, in: context))<div class="k-cell-foot">\
            <button class="k-btn k-btn-small k-btn-primary">\(context(Words.save))</button>\
            <button class="k-btn k-btn-small" type="button" data-cancel>\(context(Words.cancel))</button></div></form>
            """
    }

    /// The cell as the list shows it, once it is written.
    public static func saved(_ value: CellValue, version: String, in context: PageContext) -> HTML {
        "<div id=\"k-cell\" data-version=\"\(version)\">\(value.html(in: context, short: true))</div>"
    }
}

/// A look at a record beside the list.
public struct PeekModel: Sendable {
    /// Its name.
    public var title: String
    /// Its page.
    public var href: String
    /// The choices that say most.
    public var badges: [CellValue]
    /// Its fields.
    public var facts: [FactsModel]
    /// What happened last.
    public var timeline: TimelineModel?

    /// A look at a record beside the list.
    public init(title: String, href: String, badges: [CellValue], facts: [FactsModel], timeline: TimelineModel?) {
        self.title = title
        self.href = href
        self.badges = badges
        self.facts = facts
        self.timeline = timeline
    }
}

/// A look at a record beside the list, in a sheet at the side.
public enum Peek {
    /// Name, facts and what happened last.
    public static func html(_ model: PeekModel, in context: PageContext) -> HTML {
        """
        <div id="k-peek"><header class="k-peek-head"><h2><a\(href: model.href)>\(model.title)</a></h2>\
        \(HTML.each(model.badges) { $0.html(in: context, short: true) })\
        <button class="k-btn k-btn-quiet k-btn-icon" type="button" data-cancel aria-label="\(context(Words.close))">\(Icons.use("close"))</button></header>\
        <div class="k-peek-body">\(Facts.html(model.facts, in: context))\
        \(HTML.with(model.timeline) { Timeline.html($0, in: context) })</div>\
        <footer class="k-form-foot"><a class="k-btn k-btn-primary"\(href: model.href)>\(context(ListTexts.open))</a></footer></div>
        """
    }
}
