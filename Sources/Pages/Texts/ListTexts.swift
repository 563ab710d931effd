public import Values

/// The words of lists.
public enum ListTexts {
    /// The search within a list.
    public static func search(_ object: Label) -> Label {
        Label("Search \(object.en.lowercased())", zh: "搜索\(object.zh)")
    }
    /// The field for a filter expression.
    public static let filter = Label("Filter", zh: "筛选条件")
    /// Under what a filter may look like.
    public static let examples = Label("Examples", zh: "写法示例")
    /// The order of a list, chosen on phones.
    public static let sort = Label("Order", zh: "排序")
    /// The usual order.
    public static let defaultSort = Label("Usual order", zh: "默认排序")
    /// A sort by a column.
    public static func sort(_ column: String, descending: Bool) -> Label {
        Label("\(column), \(descending ? "descending" : "ascending")", zh: "\(column)\(descending ? "降序" : "升序")")
    }
    /// Filters and orders the list.
    public static let apply = Label("Filter", zh: "筛选")
    /// Takes search, filter and order away.
    public static let clear = Label("Clear", zh: "清除条件")
    /// Chooses all rows of the page.
    public static let pickAll = Label("Select all on this page", zh: "全选本页")
    /// Not only the page: all that the filter finds.
    public static let allMatching = Label("All that match", zh: "符合条件的全部记录")
    /// Changes a field of all chosen records.
    public static let changeFields = Label("Change a field", zh: "批量修改")
    /// Which field is changed.
    public static let whichField = Label("Which field?", zh: "修改哪个字段？")
    /// A tag.
    public static let tag = Label("Tag", zh: "标签")
    /// Adds a tag.
    public static func addTag(_ field: String) -> Label { Label("\(field): add", zh: "\(field)：添加") }
    /// Takes a tag away.
    public static func removeTag(_ field: String) -> Label { Label("\(field): remove", zh: "\(field)：移除") }
    /// More than those that are named.
    public static func andMore(_ count: Int) -> Label {
        Label("and \(Format.number(count)) more", zh: "等，另有 \(Format.number(count)) 条")
    }
    /// The heading before records are changed.
    public static func changing(_ object: Label, _ count: Int?) -> Label {
        guard let count else {
            return Label("Change all matching \(object.en.lowercased())", zh: "批量修改符合条件的全部\(object.zh)")
        }
        return Label(
            "Change \(Format.number(count)) \(object.en.lowercased())",
            zh: "批量修改 \(Format.number(count)) 条\(object.zh)"
        )
    }
    /// The heading before records are deleted.
    public static func deleting(_ object: Label, _ count: Int?) -> Label {
        guard let count else {
            return Label("Delete all matching \(object.en.lowercased())?", zh: "删除符合条件的全部\(object.zh)？")
        }
        return Label(
            "Delete \(Format.number(count)) \(object.en.lowercased())?",
            zh: "删除 \(Format.number(count)) 条\(object.zh)？"
        )
    }
    /// How far work on many records is.
    public static func progress(_ done: Int, of total: Int) -> Label {
        Label(
            "\(Format.number(done)) of \(Format.number(total))",
            zh: "已处理 \(Format.number(done)) / \(Format.number(total)) 条"
        )
    }
    /// Back to the list.
    public static let toList = Label("Back to the list", zh: "返回列表")
    /// Asks again how far it is.
    public static let reload = Label("Refresh", zh: "刷新")
    /// A look at a record beside the list.
    public static func peek(_ name: String) -> Label { Label("Preview \(name)", zh: "快速查看\(name)") }
    /// The same, for the pointer.
    public static let peekTitle = Label("Preview (space)", zh: "快速查看（空格键）")
    /// Opens the record's page.
    public static let open = Label("Open", zh: "打开详情")
    /// Asks for the sums of the list.
    public static let sum = Label("Sum up", zh: "合计")
    /// Over so many records.
    public static func sumOf(_ count: Int) -> Label {
        Label("Sum of \(Format.number(count))", zh: "合计 \(Format.number(count)) 条")
    }
    /// Too many to sum.
    public static func tooManyToSum(_ count: Int) -> Label {
        Label(
            "More than \(Format.number(count)) records: narrow the filter to sum them up.",
            zh: "超过 \(Format.number(count)) 条，请先缩小筛选范围再合计。"
        )
    }
    /// How many rows are chosen; `{n}` is replaced by the script.
    public static let picked = Label("{n} selected", zh: "已选 {n} 条")
    /// The rows that are chosen.
    public static let pickedRows = Label("Selected records", zh: "所选记录")
    /// To whom the chosen records go.
    public static let newOwner = Label("New owner", zh: "新负责人")
    /// Asked before many records are deleted.
    public static let confirmDelete = Label(
        "Move the selected records to the recycle bin?",
        zh: "确定将所选记录移入回收站？"
    )
    /// Ask before deleting for ever.
    public static let confirmPurge = Label(
        "Delete for ever? This cannot be undone.",
        zh: "彻底删除后无法恢复，确定继续？"
    )
    /// Leads to the next page.
    public static let nextPage = Label("Next page", zh: "下一页")
    /// Leads to the first page.
    public static let firstPage = Label("First page", zh: "回到第一页")
    /// The parts of a list.
    public static let pages = Label("Pages", zh: "分页")
    /// How many are shown of how many.
    public static func shown(_ count: Int, of total: Int?) -> Label {
        guard let total else { return Words.records(count) }
        return Label(
            "\(Format.number(count)) of \(Format.number(total))",
            zh: "本页 \(Format.number(count)) 条，共 \(Format.number(total)) 条"
        )
    }
    /// A list that has never had a record.
    public static func firstUse(_ object: Label) -> Label {
        Label("No \(object.en.lowercased()) yet", zh: "还没有\(object.zh)")
    }
    /// What to do then.
    public static let firstUseText = Label(
        "Make the first one by hand, or bring in a whole list from a file.",
        zh: "可以手动新建，也可以从表格文件批量导入。"
    )
    /// A search without a result.
    public static let noResult = Label("Nothing matches", zh: "没有符合条件的记录")
    /// What to do then.
    public static let noResultText = Label(
        "Try fewer words, pinyin initials or part of a phone number, or clear the filter.",
        zh: "可以减少关键词，试试拼音首字母或电话号码片段，或清除筛选条件。"
    )
    /// A list of which the person may see nothing.
    public static let noneVisible = Label("There is nothing here for you to see", zh: "没有您可以查看的记录")
    /// What to do then.
    public static let noneVisibleText = Label(
        "Ask your team lead or an administrator to share records with you.",
        zh: "如需查看，请联系团队负责人或管理员共享给您。"
    )
    /// The search over everything.
    public static let searchTitle = Label("Search", zh: "搜索")
    /// The result of a search.
    public static func results(_ count: Int, _ text: String) -> Label {
        Label("\(count) results for “\(text)”", zh: "“\(text)”的搜索结果，共 \(count) 条")
    }
    /// Before anything is typed.
    public static let searchPrompt = Label("What are you looking for?", zh: "想找什么？")
    /// How to search.
    public static let searchHelp = Label(
        "Type a name, part of a phone number, an e-mail address, or pinyin initials.",
        zh: "输入名称、电话号码片段、邮箱或拼音首字母即可查找。"
    )
    /// The choice of columns.
    public static let columns = Label("Columns", zh: "显示列")
    /// Back to the columns that everybody has.
    public static let usualColumns = Label("As usual", zh: "恢复默认")
    /// Where a column stands.
    public static func place(_ column: String) -> Label { Label("Place of \(column)", zh: "“\(column)”的顺序") }
}
