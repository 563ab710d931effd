public import Values

/// The words of the administration.
public enum AdminTexts {
    /// The order of fields, and for which records each is shown.
    public static let layout = Label("Layout", zh: "页面布局")
    /// The administration of people.
    public static let users = Label("Users", zh: "成员")
    /// What the administration of people is for.
    public static let usersText = Label("Who works here, in which team and role.", zh: "管理成员、所属团队和角色。")
    /// Asks a person in.
    public static let invite = Label("Invite a person", zh: "邀请成员")
    /// A link to set a password.
    public static let link = Label("Link to set a password", zh: "设置密码链接")
    /// What to do with the link.
    public static let linkText = Label(
        "Send this link to the person. It works once, for 3 days.",
        zh: "请将链接发给本人，3 天内有效，仅可使用一次。"
    )
    /// Makes a link to set a password.
    public static let makeLink = Label("Password link", zh: "重设密码链接")
    /// A person's team.
    public static let team = Label("Team", zh: "团队")
    /// A person's role.
    public static let role = Label("Role", zh: "角色")
    /// A person's roles.
    public static let userRoles = Label("Roles", zh: "角色")
    /// When a person was last here.
    public static let lastSeen = Label("Last here", zh: "最近登录")
    /// Invited, not here yet.
    public static let invited = Label("Invited", zh: "待加入")
    /// Takes the access away.
    public static let disable = Label("Disable", zh: "停用")
    /// Gives the access back.
    public static let enable = Label("Enable", zh: "启用")
    /// Ends all sessions of a person.
    public static let signOutUser = Label("Sign out everywhere", zh: "强制下线")
    /// Gives all records of a leaver to somebody else.
    public static let handOver = Label("Hand over everything", zh: "离职交接")
    /// What handing over does.
    public static let handOverText = Label(
        "All records of this person get a new owner. Closed ones too.",
        zh: "该成员负责的全部记录（含已关闭的）将转交给新负责人。"
    )
    /// Teams.
    public static let teams = Label("Teams", zh: "团队")
    /// What the administration of teams is for.
    public static let teamsText = Label("Who reports to whom: this decides who sees what.", zh: "组织架构，决定数据的可见范围。")
    /// The team above.
    public static let parentTeam = Label("Part of", zh: "上级团队")
    /// No team above.
    public static let topTeam = Label("Top level", zh: "顶级团队")
    /// How many people.
    public static let members = Label("People", zh: "人数")
    /// Makes a team.
    public static let addTeam = Label("Add team", zh: "新建团队")
    /// Roles.
    public static let roles = Label("Roles", zh: "角色权限")
    /// What the administration of roles is for.
    public static let rolesText = Label("What each role may see and do.", zh: "设置各角色能看什么、能做什么。")
    /// Makes a role.
    public static let addRole = Label("Add role", zh: "新建角色")
    /// The rights of a role.
    public static func rights(_ role: String) -> Label { Label("Rights of “\(role)”", zh: "角色权限：\(role)") }
    /// How rights add up.
    public static let rightsText = Label(
        "Nothing is allowed unless it is ticked here. Several roles add up.",
        zh: "未勾选即不允许；拥有多个角色时权限叠加。"
    )
    /// The object that a row is about.
    public static let object = Label("Object", zh: "对象")
    /// See records.
    public static let read = Label("See", zh: "查看")
    /// Make records.
    public static let create = Label("Create", zh: "新建")
    /// Change records.
    public static let update = Label("Change", zh: "编辑")
    /// Delete records.
    public static let delete = Label("Delete", zh: "删除")
    /// Give records to others.
    public static let assign = Label("Assign", zh: "转交")
    /// Take records out.
    public static let export = Label("Export", zh: "导出")
    /// Bring records in.
    public static let importing = Label("Import", zh: "导入")
    /// Things that are not about records.
    public static let capabilities = Label("Administration", zh: "管理权限")
    /// The audit log.
    public static let audit = Label("Audit log", zh: "操作日志")
    /// What the audit log is for.
    public static let auditText = Label(
        "Who changed what, when and from where. Nobody can edit it.",
        zh: "谁在何时何地做了什么修改，任何人都无法篡改。"
    )
    /// Who did it.
    public static let actor = Label("Who", zh: "操作人")
    /// What was done.
    public static let action = Label("Action", zh: "操作")
    /// With which record.
    public static let record = Label("Record", zh: "记录")
    /// What was changed.
    public static let change = Label("Change", zh: "修改内容")
    /// From where.
    public static let origin = Label("From", zh: "来源")
    /// Nothing there yet.
    public static let noAudit = Label("Nothing recorded", zh: "没有符合条件的日志")
    /// Objects and fields.
    public static let objects = Label("Objects and fields", zh: "对象与字段")
    /// What objects and fields are for.
    public static let objectsText = Label(
        "Add your own objects, fields and choices. They work everywhere at once.",
        zh: "自定义对象、字段和选项，保存后立即在各处生效。"
    )
    /// How many fields.
    public static let fieldCount = Label("Fields", zh: "字段数")
    /// Makes an object.
    public static let addObject = Label("Add object", zh: "新建对象")
    /// Made by an administrator.
    public static let custom = Label("Own", zh: "自定义")
    /// The fields of an object.
    public static let fields = Label("Fields", zh: "字段")
    /// Makes a field.
    public static let addField = Label("Add field", zh: "新建字段")
    /// The key of a field or choice.
    public static let key = Label("Key", zh: "标识")
    /// What a key may be.
    public static let keyHelp = Label(
        "For programs and formulas: small letters, digits and _. Left empty, it is made from the English name.",
        zh: "供公式和接口使用，只能用小写字母、数字和下划线；留空则按英文名称生成。"
    )
    /// What a field holds.
    public static let kind = Label("Kind", zh: "类型")
    /// The name in both languages.
    public static let nameEnglish = Label("Name in English", zh: "英文名称")
    /// The name in both languages.
    public static let nameChinese = Label("Name in Chinese", zh: "中文名称")
    /// The hint beside a field.
    public static let helpEnglish = Label("Hint in English", zh: "英文提示")
    /// The hint beside a field.
    public static let helpChinese = Label("Hint in Chinese", zh: "中文提示")
    /// The name of many.
    public static let manyEnglish = Label("Name of many in English", zh: "英文复数名称")
    /// The name of many.
    public static let manyChinese = Label("Name of many in Chinese", zh: "中文列表名称")
    /// A field must have a value.
    public static let required = Label("Must be filled in", zh: "必填")
    /// No two records have the same value.
    public static let unique = Label("No two the same", zh: "不允许重复")
    /// Found by the search.
    public static let searchable = Label("Found by search", zh: "可搜索")
    /// Filtered and sorted quickly.
    public static let indexed = Label("Fast to filter and sort", zh: "加速筛选和排序")
    /// The greatest number of characters.
    public static let maxLength = Label("Most characters", zh: "最多字数")
    /// The digits after the point.
    public static let scale = Label("Decimals", zh: "小数位数")
    /// What changing a key means.
    public static let keyChangeHelp = Label(
        "Programs that use the key must be changed too.",
        zh: "修改后，使用该标识的接口程序也要相应调整。"
    )
    /// The object that a link leads to.
    public static let linkTo = Label("Links to", zh: "关联对象")
    /// A formula.
    public static let formula = Label("Formula", zh: "公式")
    /// The choices of a field.
    public static let choices = Label("Choices", zh: "选项")
    /// How choices are typed.
    public static let choicesHelp = Label(
        "One per line: key, English, Chinese, separated by commas.",
        zh: "每行一个：标识, 英文, 中文，用逗号隔开。"
    )
    /// Makes a choice.
    public static let addChoice = Label("Add choice", zh: "添加选项")
    /// Changes the name.
    public static let rename = Label("Rename", zh: "改名")
    /// Deleted definitions.
    public static let removed = Label("Removed fields", zh: "已删除的字段")
    /// How long they can be restored.
    public static let removedText = Label("Can be restored for 30 days, with their data.", zh: "30 天内可连同数据一起恢复。")
    /// The recycle bin.
    public static let binText = Label(
        "Deleted records stay here for 30 days and can be restored.",
        zh: "删除的记录在此保留 30 天，期间可随时恢复。"
    )
    /// The imports.
    public static let importsText = Label(
        "What was imported, what failed, and undoing it.",
        zh: "查看导入结果，下载失败的行，撤销导入。"
    )
    /// An empty bin.
    public static let binEmpty = Label("The recycle bin is empty", zh: "回收站是空的")

    /// The reach of a right, by its name in roles: `none`, `own`, `team`, `team_tree`, `all`.
    public static func scope(_ name: String) -> Label {
        switch name {
        case "own": Label("Own", zh: "本人")
        case "team": Label("Team", zh: "本团队")
        case "team_tree": Label("Team and below", zh: "本团队及下级")
        case "all": Label("All", zh: "全部")
        default: Label("None", zh: "无")
        }
    }
}
