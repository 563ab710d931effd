/// Which columns a list shows, for the person to choose.
public struct ColumnChoiceModel: Sendable {
    /// Where the choice is sent, by POST: `column` repeated, `place_KEY` for the order, `_action` = `reset`.
    public var action: String
    /// The columns that are shown, by key and label, in order.
    public var shown: [Option]
    /// The columns that could be shown.
    public var others: [Option]
    /// True when the person has chosen them.
    public var isOwn: Bool
    /// What the form carries along: the list of now.
    public var keep: [Option] = []

    /// Which columns a list shows.
    public init(action: String, shown: [Option], others: [Option], isOwn: Bool) {
        self.action = action
        self.shown = shown
        self.others = others
        self.isOwn = isOwn
    }
}

/// The choice of columns of a list.
public enum ColumnChoice {
    /// A form in a menu: a box and a place for each column.
    public static func html(_ model: ColumnChoiceModel, in context: PageContext) -> HTML {
        let shown = HTML.each(model.shown.enumerated()) { index, column in
            """
            <li><label class="k-check"><input type="checkbox" name="column" value="\(column.value)" checked>\(column.label)</label>\
            <input class="k-input k-place" name="place_\(column.value)" value="\(index + 1)" inputmode="numeric" autocomplete="off" \
            aria-label="\(context(ListTexts.place(column.label)))"></li>
            """
        }
        let others = HTML.each(model.others) { column in
            """
            <li><label class="k-check"><input type="checkbox" name="column" value="\(column.value)">\(column.label)</label></li>
            """
        }
        let reset = HTML.when(
            model.isOwn,
            "<button class=\"k-btn k-btn-quiet\" name=\"_action\" value=\"reset\">\(context(ListTexts.usualColumns))</button>"
        )
        return """
            <details class="k-menu" data-menu><summary class="k-btn">\(Icons.use("columns"))<span class="k-wide-only">\
            \(context(ListTexts.columns))</span></summary><form class="k-menu-body k-menu-wide" method="post" action="\(model.action)">\
            \(context.csrfField)\(FilterEditor.hidden(model.keep))<ul class="k-columns" data-order>\(shown)\(others)</ul>\
            <div class="k-parts-foot"><button class="k-btn k-btn-primary">\(context(Words.save))</button>\(reset)</div></form></details>
            """
    }
}
