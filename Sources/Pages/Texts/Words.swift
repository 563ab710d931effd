public import Values

/// The words that stand on many pages. The same thing has the same word everywhere.
public enum Words {
    /// The product's name.
    public static let product = Label("Kehu", zh: "客户")
    /// No value.
    public static let empty = Label("Empty", zh: "未填写")
    /// Yes.
    public static let yes = Label("Yes", zh: "是")
    /// No.
    public static let no = Label("No", zh: "否")
    /// Begins something.
    public static let new = Label("New", zh: "新建")
    /// Writes the form.
    public static let save = Label("Save", zh: "保存")
    /// Leaves without writing.
    public static let cancel = Label("Cancel", zh: "取消")
    /// Changes.
    public static let edit = Label("Edit", zh: "编辑")
    /// Moves to the recycle bin.
    public static let delete = Label("Delete", zh: "删除")
    /// Deletes for ever.
    public static let purge = Label("Delete for ever", zh: "彻底删除")
    /// Takes back a deletion.
    public static let restore = Label("Restore", zh: "恢复")
    /// Takes back the last step.
    public static let undo = Label("Undo", zh: "撤销")
    /// Finds.
    public static let search = Label("Search", zh: "搜索")
    /// Adds one more.
    public static let add = Label("Add", zh: "添加")
    /// Carries out.
    public static let apply = Label("Apply", zh: "应用")
    /// Goes on.
    public static let next = Label("Continue", zh: "下一步")
    /// Goes back.
    public static let back = Label("Back", zh: "返回")
    /// Closes.
    public static let close = Label("Close", zh: "关闭")
    /// Copies to the clipboard.
    public static let copy = Label("Copy", zh: "复制")
    /// Copied to the clipboard.
    public static let copied = Label("Copied", zh: "已复制")
    /// Brings records in.
    public static let importing = Label("Import", zh: "导入")
    /// Takes records out.
    public static let export = Label("Export", zh: "导出")
    /// The person who looks after a record.
    public static let owner = Label("Owner", zh: "负责人")
    /// Gives to another owner.
    public static let assign = Label("Change owner", zh: "转交")
    /// More entries or actions.
    public static let more = Label("More", zh: "更多")
    /// All of a list.
    public static let all = Label("All", zh: "全部")
    /// What was deleted.
    public static let bin = Label("Recycle bin", zh: "回收站")
    /// The administration.
    public static let settings = Label("Settings", zh: "设置")
    /// Must be filled in.
    public static let required = Label("required", zh: "必填")
    /// Nothing is chosen.
    public static let choose = Label("Choose…", zh: "请选择")
    /// No choice.
    public static let none = Label("None", zh: "无")
    /// A name.
    public static let name = Label("Name", zh: "名称")
    /// The actions of a row.
    public static let actions = Label("Actions", zh: "操作")
    /// The time of something.
    public static let time = Label("Time", zh: "时间")
    /// In what state something is.
    public static let state = Label("Status", zh: "状态")
    /// Works.
    public static let active = Label("Active", zh: "启用")
    /// Does not work any more.
    public static let disabled = Label("Disabled", zh: "已停用")
    /// Not shown.
    public static let hidden = Label("Hidden", zh: "已隐藏")
    /// Not shown from now on.
    public static let hide = Label("Hide", zh: "隐藏")
    /// Shown again.
    public static let show = Label("Show", zh: "显示")
    /// In English.
    public static let english = Label("English", zh: "英文")
    /// In Chinese.
    public static let chinese = Label("Chinese", zh: "中文")
    /// Marks one entry of a list.
    public static func pick(_ name: String) -> Label { Label("Select \(name)", zh: "选择\(name)") }
    /// A number of records.
    public static func records(_ count: Int) -> Label {
        Label(count == 1 ? "1 record" : "\(Format.number(count)) records", zh: "\(Format.number(count)) 条")
    }
    /// Make a new one of an object.
    public static func new(_ object: Label) -> Label {
        Label("New \(object.en.lowercased())", zh: "新建\(object.zh)")
    }
    /// Save one of an object.
    public static func save(_ object: Label) -> Label {
        Label("Save \(object.en.lowercased())", zh: "保存\(object.zh)")
    }
    /// Change one of an object.
    public static func edit(_ object: Label) -> Label {
        Label("Edit \(object.en.lowercased())", zh: "编辑\(object.zh)")
    }
}
