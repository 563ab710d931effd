import Schema
import Values

/// What may be done with chosen rows.
public struct BulkModel: Sendable {
    /// Where the choice is sent: `id` repeated, or `all` with the filter; and `_action` = `delete`, `assign` (with
    /// `owner`), `edit`, `export`, `merge` or `restore`, `purge`.
    public var action: String
    /// May delete.
    public var delete: Bool
    /// The people to whom records may be given, by id; empty when this is not allowed.
    public var owners: [Option]
    /// In the recycle bin: restore and delete for ever.
    public var restore: Bool
    /// In the recycle bin: may delete for ever.
    public var purge: Bool
    /// May change fields.
    public var edit = false
    /// May export.
    public var export = false
    /// May merge two.
    public var merge = false
    /// What the form carries along, so that all matching records can be meant.
    public var keep: [Option] = []
    /// True when there are more records than the page shows.
    public var hasMore = false

    /// What may be done with chosen rows.
    public init(
        action: String,
        delete: Bool = false,
        owners: [Option] = [],
        restore: Bool = false,
        purge: Bool = false
    ) {
        self.action = action
        self.delete = delete
        self.owners = owners
        self.restore = restore
        self.purge = purge
    }

    var isEmpty: Bool { !delete && owners.isEmpty && !restore && !purge && !edit && !export }
}

/// The bar that appears when rows are chosen.
enum BulkBar {
    static func html(_ bulk: BulkModel, in context: PageContext) -> HTML {
        let owners: HTML = """
            <span class="k-bulk-pair"><label class="k-hidden" for="k-bulk-owner">\(context(ListTexts.newOwner))</label>\
            <select class="k-input" id="k-bulk-owner" name="owner"><option value="">\(context(ListTexts.newOwner))</option>\
            \(HTML.each(bulk.owners) { "<option value=\"\($0.value)\">\($0.label)</option>" })</select>\
            \(button("assign", Words.assign, "user", "k-btn", nil, context))</span>
            """
        let everything: HTML = """
            <label class="k-check"><input type="checkbox" name="all" value="1" data-all>\(context(ListTexts.allMatching))</label>
            """
        return """
            <form class="k-bulk" id="k-bulk" method="post" action="\(bulk.action)">\(context.csrfField)\(FilterEditor.hidden(bulk.keep))\
            <span class="k-bulk-count" role="status" data-picked="\(context(ListTexts.picked))">\(context(ListTexts.pickedRows))</span>\
            \(HTML.when(bulk.hasMore, everything))\(HTML.when(!bulk.owners.isEmpty, owners))\
            \(HTML.when(bulk.edit, button("edit", ListTexts.changeFields, "edit", "k-btn", nil, context)))\
            \(HTML.when(bulk.merge, button("merge", DuplicateTexts.merge, "copy", "k-btn", nil, context)))\
            \(HTML.when(bulk.export, button("export", Words.export, "export", "k-btn", nil, context)))\
            \(HTML.when(bulk.restore, button("restore", Words.restore, "restore", "k-btn", nil, context)))\
            \(HTML.when(bulk.delete, button("delete", Words.delete, "trash", "k-btn k-btn-danger", nil, context)))\
            \(HTML.when(bulk.purge, button("purge", Words.purge, "trash", "k-btn k-btn-danger", ListTexts.confirmPurge, context)))</form>
            """
    }

    private static func button(
        _ action: StaticString,
        _ label: Label,
        _ icon: String,
        _ style: StaticString,
        _ ask: Label?,
        _ context: PageContext
    ) -> HTML {
        """
        <button class="\(raw: style)" name="_action" value="\(raw: action)"\(attribute: "data-confirm", ask.map { context($0) })>\
        \(Icons.use(icon))\(context(label))</button>
        """
    }
}

/// The page of a bulk action: what it is about, before it is done.
public struct BulkPlanModel: Sendable {
    /// The heading, as «Change 12 customers».
    public var title: String
    /// The names of the first few.
    public var names: [String]
    /// How many are meant; nil when that is only known when it is done.
    public var count: Int?
    /// Where the form leads.
    public var action: String
    /// What the form carries along.
    public var keep: [Option]
    /// The fields to choose from, with their controls; empty for a deletion.
    public var fields: [FieldModel]
    /// The fields of tags: key and label.
    public var tags: [Option]
    /// What is wrong with what was typed.
    public var error: String?
    /// Back to the list.
    public var cancel: String
    /// True for a deletion.
    public var isDeletion: Bool

    /// The page of a bulk action.
    public init(title: String, action: String, keep: [Option], cancel: String, isDeletion: Bool) {
        self.title = title
        self.action = action
        self.keep = keep
        self.cancel = cancel
        self.isDeletion = isDeletion
        names = []
        fields = []
        tags = []
    }
}

/// How a bulk action stands.
public struct BulkProgressModel: Sendable {
    /// The heading.
    public var title: String
    /// How many are done, of how many.
    public var done: Int
    /// All of them.
    public var total: Int
    /// What happened, in words; shown when it is done.
    public var result: String
    /// Why some were refused.
    public var reason: String?
    /// Takes it back by POST; nil when it cannot.
    public var undo: String?
    /// Back to the list.
    public var list: String
    /// True when nothing is left to do.
    public var isDone: Bool

    /// How a bulk action stands.
    public init(title: String, done: Int, total: Int, result: String, list: String, isDone: Bool) {
        self.title = title
        self.done = done
        self.total = total
        self.result = result
        self.list = list
        self.isDone = isDone
    }
}

/// Bulk actions as pages of their own.
public enum BulkPages {
    /// What is meant, and what is to be done with it.
    public static func plan(_ model: BulkPlanModel, in context: PageContext) -> HTML {
        let names = HTML.each(model.names) { "<li>\($0)</li>" }
        let rest = HTML.with(model.count.map { $0 - model.names.count }.flatMap { $0 > 0 ? $0 : nil }) {
            "<li class=\"k-muted\">\(context(ListTexts.andMore($0)))</li>"
        }
        let error = HTML.with(model.error) {
            "<div class=\"k-flash k-flash-bad\" role=\"alert\">\(Icons.use("warning"))<p>\($0)</p></div>"
        }
        let button: HTML =
            model.isDeletion
            ? "<button class=\"k-btn k-btn-danger\" name=\"_action\" value=\"delete-now\">\(Icons.use("trash"))\(context(Words.delete))</button>"
            : "<button class=\"k-btn k-btn-primary\" name=\"_action\" value=\"set\">\(context(Words.save))</button>"
        return """
            \(Layout.head(HTML(text: model.title)))\(error)<form class="k-panel k-narrow" method="post" action="\(model.action)">\
            \(context.csrfField)\(FilterEditor.hidden(model.keep))<div class="k-section"><ul class="k-names">\(names)\(rest)</ul></div>\
            \(HTML.when(!model.isDeletion, fields(model, context)))<div class="k-form-foot">\
            <a class="k-btn"\(href: model.cancel)\(attribute: "autofocus", if: model.isDeletion)>\(context(Words.cancel))</a>\(button)</div></form>
            """
    }

    private static func fields(_ model: BulkPlanModel, _ context: PageContext) -> HTML {
        let options = HTML.each(model.fields) {
            "<option value=\"\($0.definition.key)\">\(context($0.definition.label))</option>"
        }
        let tags = HTML.each(model.tags) {
            """
            <option value="tag:\($0.value)">\(context(ListTexts.addTag($0.label)))</option>\
            <option value="untag:\($0.value)">\(context(ListTexts.removeTag($0.label)))</option>
            """
        }
        let names = model.tags.flatMap { ["tag:" + $0.value, "untag:" + $0.value] }.joined(separator: ",")
        let tag: HTML = """
            <div data-shown-when="field:\(names)"><label class="k-field"><span class="k-label">\(context(ListTexts.tag))</span>\
            <input class="k-input" name="_tag" maxlength="60" autocomplete="off"></label></div>
            """
        let controls = HTML.each(model.fields) {
            "<div data-shown-when=\"field:\($0.definition.key)\">\(FieldControl.html($0, in: context))</div>"
        }
        return """
            <div class="k-section k-form"><label class="k-field"><span class="k-label">\(context(ListTexts.whichField))</span>\
            <select class="k-input" name="field">\(options)\(tags)</select></label>\(controls)\(HTML.when(!model.tags.isEmpty, tag))</div>
            """
    }

    /// How far it is; the page asks again by itself until it is done.
    public static func progress(_ model: BulkProgressModel, in context: PageContext) -> HTML {
        let bar: HTML = """
            <progress class="k-progress" max="\(max(1, model.total))" value="\(model.done)" aria-label="\(model.title)"></progress>\
            <p>\(context(ListTexts.progress(model.done, of: model.total)))</p>
            """
        let undo = HTML.with(model.undo) {
            RecordPage.action(context(Words.undo), to: $0, icon: "restore", in: context)
        }
        return """
            \(Layout.head(HTML(text: model.title)))<section class="k-panel k-narrow" id="k-progress"\
            \(attribute: "data-again", if: !model.isDone)><div class="k-section">\(HTML.when(!model.isDone, bar))\
            \(HTML.when(model.isDone, "<p role=\"status\">\(model.result)</p>"))\(HTML.with(model.reason) { "<p class=\"k-error\">\(Icons.use("warning"))<span>\($0)</span></p>" })</div>\
            <div class="k-form-foot"><a class="k-btn k-btn-primary"\(href: model.list)>\(context(ListTexts.toList))</a>\(undo)\
            \(HTML.when(!model.isDone, "<a class=\"k-btn\" href=\"\">\(context(ListTexts.reload))</a>"))</div></section>
            """
    }
}
