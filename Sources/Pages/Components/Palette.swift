public import Values

/// One entry of the palette: a record or an action.
public struct PaletteItem: Sendable {
    /// What people see.
    public var label: String
    /// What tells namesakes apart.
    public var detail: String
    /// The icon's name.
    public var icon: String
    /// Where it leads.
    public var href: String

    /// One entry of the palette.
    public init(_ label: String, _ href: String, icon: String, detail: String = "") {
        self.label = label
        self.href = href
        self.icon = icon
        self.detail = detail
    }
}

/// The words of the palette and of the keys.
public enum PaletteTexts {
    /// What the palette is for.
    public static let title = Label("Search or jump to", zh: "搜索或跳转")
    /// The hint in its box.
    public static let hint = Label("A name, phone number, pinyin, or an action", zh: "输入名称、电话、拼音，或要做的事")
    /// Records that were opened last.
    public static let recent = Label("Recent", zh: "最近访问")
    /// Pages and things to do.
    public static let actions = Label("Go to", zh: "前往")
    /// Nothing was found.
    public static let nothing = Label("Nothing found", zh: "没有找到")
    /// The page of keys.
    public static let shortcuts = Label("Keyboard shortcuts", zh: "键盘快捷键")
    /// Single letters do something.
    public static let on = Label("On", zh: "开启")
    /// They do not.
    public static let off = Label("Off", zh: "关闭")
    /// What the switch does.
    public static let letters = Label("Single-letter shortcuts", zh: "单字母快捷键")
    /// All keys with what they do.
    static let keys: [(title: Label, keys: [(String, Label)])] = [
        (
            Label("Everywhere", zh: "全局"),
            [
                ("Ctrl K · ⌘ K", Label("Search records and actions", zh: "搜索记录和操作")),
                ("/", Label("Search box", zh: "搜索框")), ("c", Label("New record", zh: "新建")),
                ("g h", Label("Start page", zh: "首页")), ("g c", Label("Customers", zh: "客户")),
                ("g o", Label("Opportunities", zh: "商机")), ("g l", Label("Leads", zh: "线索")),
                ("g a", Label("Activities", zh: "跟进记录")), ("?", Label("This help", zh: "查看快捷键")),
                ("Ctrl Enter", Label("Send the form", zh: "提交表单")),
            ]
        ),
        (
            Label("Lists", zh: "列表"),
            [
                ("j · k", Label("Next, previous row", zh: "下一行、上一行")), ("Space", Label("Preview", zh: "快速查看")),
                ("x", Label("Select the row", zh: "选择该行")), ("← ↑ → ↓", Label("From cell to cell", zh: "在单元格间移动")),
                ("Enter · F2", Label("Change the cell", zh: "编辑单元格")), ("Tab", Label("Save and go on", zh: "保存并到下一格")),
                ("Esc", Label("Cancel", zh: "取消")),
            ]
        ),
        (
            Label("Records and boards", zh: "详情和看板"),
            [
                ("[ · ]", Label("Previous, next in the list", zh: "列表中上一条、下一条")),
                ("e", Label("Edit", zh: "编辑")), ("n", Label("Write to the timeline", zh: "写跟进")),
                ("Alt ← →", Label("Move a card", zh: "移动卡片")), ("m", Label("Move to…", zh: "移动到…")),
            ]
        ),
    ]
}

/// The palette: records and actions by their names.
public enum Palette {
    /// The entries in groups, as the options of a combobox.
    public static func html(_ groups: [(title: String, items: [PaletteItem])], in context: PageContext) -> HTML {
        var index = 0
        let lists = HTML.each(groups.filter { !$0.items.isEmpty }) { group in
            let items = HTML.each(group.items) { item -> HTML in
                index += 1
                return """
                    <a role="option" id="k-opt-\(index)" aria-selected="false" tabindex="-1"\(href: item.href)>\(Icons.use(item.icon))\
                    <span>\(item.label)</span>\(HTML.when(!item.detail.isEmpty, "<small>\(item.detail)</small>"))</a>
                    """
            }
            return
                "<div role=\"group\" aria-label=\"\(group.title)\"><p aria-hidden=\"true\">\(group.title)</p>\(items)</div>"
        }
        let nothing = HTML.when(index == 0, "<p class=\"k-muted\">\(context(PaletteTexts.nothing))</p>")
        return """
            <div id="k-palette-list" role="listbox" aria-label="\(context(PaletteTexts.title))">\(lists)\(nothing)</div>
            """
    }

    /// All keys, and the switch for single letters; also a page of its own.
    public static func keys(isOff: Bool, in context: PageContext) -> HTML {
        let groups = HTML.each(PaletteTexts.keys) { group in
            let rows = HTML.each(group.keys) { key, label in
                "<div><dt><kbd>\(key)</kbd></dt><dd>\(context(label))</dd></div>"
            }
            return "<section><h2>\(context(group.title))</h2><dl class=\"k-keys\">\(rows)</dl></section>"
        }
        func button(_ value: String, _ pressed: Bool, _ label: Label) -> HTML {
            "<button name=\"keys\" value=\"\(value)\" aria-pressed=\"\(pressed ? "true" : "false")\">\(context(label))</button>"
        }
        return """
            <div id="k-keys"><div class="k-keys-head"><h1>\(context(PaletteTexts.shortcuts))</h1>\
            <form method="post" action="\(Addresses.preferences)">\(context.csrfField)<input type="hidden" name="_back" value="\(Addresses.keys)">\
            <span>\(context(PaletteTexts.letters))</span> <div class="k-seg" role="group" aria-label="\(context(PaletteTexts.letters))">\
            \(button("on", !isOff, PaletteTexts.on))\(button("off", isOff, PaletteTexts.off))</div></form></div>\
            <div class="k-keys-groups">\(groups)</div></div>
            """
    }
}
