public import Values

/// A view of a list as a tab.
public struct ViewTab: Sendable {
    /// What people see.
    public var label: String
    /// Where it leads.
    public var href: String
    /// True for the view that is shown, or that the list began as.
    public var current: Bool
    /// True when the list differs from it.
    public var changed = false
    /// True when others see it too.
    public var shared = false

    /// A view of a list as a tab.
    public init(_ label: String, _ href: String, current: Bool, changed: Bool = false, shared: Bool = false) {
        self.label = label
        self.href = href
        self.current = current
        self.changed = changed
        self.shared = shared
    }
}

/// Keeping the list of now as a view.
public struct SaveViewModel: Sendable {
    /// Where the forms lead, by POST: `name`, `sharing`, `_action` = `save`, `new`, `delete`, `default`, `usual`.
    public var action: String
    /// What the forms carry along: the filter, order and columns of now.
    public var keep: [Option]
    /// The name of the saved view; nil when the list belongs to none.
    public var name: String?
    /// True when the list differs from the view.
    public var changed: Bool
    /// True when the person may change the view.
    public var mayChange: Bool
    /// With whom it can be shared: value and words.
    public var sharing: [Option]
    /// With whom the view is shared now.
    public var sharedWith: String
    /// True when the person begins with this view.
    public var isDefault: Bool
    /// True when the person may make it the view that everybody begins with.
    public var mayBeUsual: Bool
    /// True when everybody begins with it.
    public var isUsual: Bool

    /// Keeping the list of now as a view.
    public init(
        action: String,
        keep: [Option],
        name: String?,
        changed: Bool,
        mayChange: Bool,
        sharing: [Option],
        sharedWith: String = "own",
        isDefault: Bool = false,
        mayBeUsual: Bool = false,
        isUsual: Bool = false
    ) {
        self.action = action
        self.keep = keep
        self.name = name
        self.changed = changed
        self.mayChange = mayChange
        self.sharing = sharing
        self.sharedWith = sharedWith
        self.isDefault = isDefault
        self.mayBeUsual = mayBeUsual
        self.isUsual = isUsual
    }
}

/// The words of saved views.
public enum ViewTexts {
    /// The views of a list.
    public static let views = Label("Views", zh: "视图")
    /// The menu of the view.
    public static let view = Label("View", zh: "视图")
    /// Differs from what is saved.
    public static let changed = Label("changed", zh: "已改动")
    /// Others see it too.
    public static let shared = Label("shared", zh: "共享")
    /// Writes the change into the view.
    public static let saveChange = Label("Save view", zh: "保存视图")
    /// Keeps it under a new name.
    public static let saveAs = Label("Save as…", zh: "另存为…")
    /// Keeps the list as a view.
    public static let saveNew = Label("Save as view", zh: "存为视图")
    /// The name of a view.
    public static let name = Label("Name of the view", zh: "视图名称")
    /// Who sees a view.
    public static let whoSees = Label("Who sees it", zh: "谁能看到")
    /// Only its maker.
    public static let own = Label("Only me", zh: "仅自己")
    /// The team.
    public static let team = Label("My team", zh: "我的团队")
    /// Everybody.
    public static let everybody = Label("Everybody", zh: "所有人")
    /// Begins with this view from now on.
    public static let begin = Label("Open this list with it", zh: "设为我的默认视图")
    /// Does not begin with it any more.
    public static let beginNot = Label("Do not open with it", zh: "取消默认")
    /// The view for everybody who has chosen none.
    public static let usual = Label("Opens for everybody", zh: "设为全员默认")
    /// Deletes the view; the records stay.
    public static let delete = Label("Delete the view", zh: "删除视图")
    /// Asked before.
    public static let confirmDelete = Label(
        "Delete this view? The records stay.",
        zh: "确定删除这个视图？记录本身不受影响。"
    )
    /// It is kept.
    public static let saved = Label("The view is saved.", zh: "视图已保存。")
    /// It is gone.
    public static let deleted = Label("The view is deleted.", zh: "视图已删除。")
    /// The list.
    public static let list = Label("List", zh: "列表")
    /// The board.
    public static let board = Label("Board", zh: "看板")
}

/// The tabs over a list and the menu that keeps views.
public enum ListViews {
    /// Tabs, then the menu.
    public static func html(_ tabs: [ViewTab], save: SaveViewModel?, in context: PageContext) -> HTML {
        let links = HTML.each(tabs) { tab in
            let changed = HTML.when(
                tab.changed,
                "<span class=\"k-dot\" title=\"\(context(ViewTexts.changed))\"><span class=\"k-hidden\">\(context(ViewTexts.changed))</span></span>"
            )
            let shared = HTML.when(
                tab.shared,
                "<span class=\"k-hidden\">（\(context(ViewTexts.shared))）</span>\(Icons.use("team"))"
            )
            return """
                <a\(href: tab.href)\(attribute: "aria-current", tab.current ? "page" : nil)>\(tab.label)\(shared)\(changed)</a>
                """
        }
        return """
            <div class="k-views"><nav class="k-tabs" aria-label="\(context(ViewTexts.views))">\(links)</nav>\
            \(HTML.with(save) { menu($0, context) })</div>
            """
    }

    private static func menu(_ model: SaveViewModel, _ context: PageContext) -> HTML {
        let quick = HTML.when(
            model.name != nil && model.changed && model.mayChange,
            form(
                model,
                context,
                "<button class=\"k-btn k-btn-small\" name=\"_action\" value=\"save\">\(context(ViewTexts.saveChange))</button>"
            )
        )
        guard model.name != nil || model.changed else { return .empty }
        let title = context(model.name == nil ? ViewTexts.saveNew : model.changed ? ViewTexts.saveAs : ViewTexts.view)
        return """
            \(quick)<details class="k-menu" data-menu><summary class="k-btn k-btn-small k-btn-quiet">\(title)\(Icons.use("down"))</summary>
            <div class="k-menu-body k-menu-wide">\(naming(model, context))\(rest(model, context))</div></details>
            """
    }

    private static func form(_ model: SaveViewModel, _ context: PageContext, _ content: HTML) -> HTML {
        """
        <form method="post" action="\(model.action)">\(context.csrfField)\(FilterEditor.hidden(model.keep))\(content)</form>
        """
    }

    private static func naming(_ model: SaveViewModel, _ context: PageContext) -> HTML {
        let options = HTML.each(model.sharing) {
            "<option value=\"\($0.value)\"\(attribute: "selected", if: $0.value == model.sharedWith)>\($0.label)</option>"
        }
        let sharing: HTML = """
            <label class="k-field"><span class="k-label">\(context(ViewTexts.whoSees))</span>\
            <select class="k-input" name="sharing">\(options)</select></label>
            """
        let rename = HTML.when(
            model.name != nil && model.mayChange && !model.changed,
            "<button class=\"k-btn\" name=\"_action\" value=\"save\">\(context(Words.save))</button>"
        )
        return form(
            model,
            context,
            """
            <div class="k-form"><label class="k-field"><span class="k-label">\(context(ViewTexts.name))</span>\
            <input class="k-input" name="name" required maxlength="60" autocomplete="off" value="\(model.changed ? nil : model.name)"></label>\
            \(HTML.when(model.sharing.count > 1, sharing))<div class="k-actions">\
            <button class="k-btn k-btn-primary" name="_action" value="new">\(context(ViewTexts.saveNew))</button>\(rename)</div></div>
            """
        )
    }

    private static func rest(_ model: SaveViewModel, _ context: PageContext) -> HTML {
        guard model.name != nil else { return .empty }
        let begin: HTML = """
            <button class="k-item" name="_action" value="default">\(Icons.use("home"))\(context(model.isDefault ? ViewTexts.beginNot : ViewTexts.begin))</button>
            """
        let usual = HTML.when(
            model.mayBeUsual && !model.isUsual,
            "<button class=\"k-item\" name=\"_action\" value=\"usual\">\(Icons.use("team"))\(context(ViewTexts.usual))</button>"
        )
        let delete = HTML.when(
            model.mayChange,
            """
            <button class="k-item k-btn-danger" name="_action" value="delete" data-confirm="\(context(ViewTexts.confirmDelete))">\
            \(Icons.use("trash"))\(context(ViewTexts.delete))</button>
            """
        )
        return "<hr>\(form(model, context, "\(begin)\(usual)\(delete)"))"
    }
}
