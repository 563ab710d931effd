import Pages
import Values

/// The words of the administration that belong to no component.
enum AdminWords {
    static let saved = PageTexts.saved
    static let done = Label("Done.", zh: "操作成功。")

    // Settings
    static let workspace = Label("Workspace", zh: "工作区设置")
    static let workspaceText = Label("Name, currency, time zone and exchange rates.", zh: "名称、本位币、时区和汇率。")
    static let company = Label("Company name", zh: "公司名称")
    static let currency = Label("Base currency", zh: "本位币")
    static let currencyHelp = Label(
        "Sums are in this currency. It can be changed only while there are no amounts.",
        zh: "汇总金额按本位币计算；录入金额后不能再修改。"
    )
    static let timeZone = Label("Time zone", zh: "时区")
    static let country = Label("Country or region", zh: "所在国家或地区")
    static let countryHelp = Label(
        "Two letters such as CN or HK. Phone numbers without a country code belong there.",
        zh: "两位代码，例如 CN、HK。没有国家代码的电话号码视为当地号码。"
    )
    static let language = Label("Language of new people", zh: "默认语言")
    static let rates = Label("Exchange rates", zh: "汇率")
    static let ratesText = Label(
        "What one unit is worth in the base currency, from that day on.",
        zh: "1 单位外币折合本位币的金额，自生效日期起适用。"
    )
    static let rate = Label("Rate", zh: "汇率")
    static let from = Label("From", zh: "生效日期")
    static let code = Label("Currency", zh: "币种")
    static let setRate = Label("Set rate", zh: "设置汇率")
    static let noRates = Label("No exchange rates yet", zh: "还没有汇率")

    // People
    static let security = Label("Security", zh: "安全")
    static let resetSecondFactor = Label("Take away the second factor", zh: "重置两步验证")
    static let secondFactorOff = Label("The second factor is off.", zh: "两步验证已关闭。")
    static let logIns = Label("Log-in history", zh: "登录日志")
    static let logInsText = Label("Who logged in or tried to, when and from where.", zh: "谁在何时何地登录或尝试登录。")
    static let outcome = Label("Result", zh: "结果")
    static let address = Label("Address", zh: "IP 地址")
    static let device = Label("Device", zh: "设备")
    static let noLogIns = Label("Nobody logged in yet", zh: "还没有登录记录")
    static let deleteRole = Label("Delete this role", zh: "删除角色")
    static let disabled = Label("Disabled. Nobody can log in with this account.", zh: "账号已停用，无法再登录。")
    static let enabled = Label("Enabled.", zh: "账号已启用。")
    static let signedOut = Label("Signed out on all devices.", zh: "已在所有设备上强制下线。")
    static let nobodyChosen = Label("Choose who takes over.", zh: "请选择接收人。")

    static func handedOver(_ moved: [(label: Label, count: Int)]) -> Label {
        let total = moved.reduce(0) { $0 + $1.count }
        guard total > 0 else { return Label("There was nothing to hand over.", zh: "没有需要交接的数据。") }
        return Label(
            "\(total == 1 ? "1 record" : "\(total) records") handed over: "
                + moved.map { "\($0.label.en) \($0.count)" }.joined(separator: ", ") + ".",
            zh: "已交接 \(total) 条：" + moved.map { "\($0.label.zh) \($0.count)" }.joined(separator: "、") + "。"
        )
    }

    // Roles
    static let otherObjects = Label("All other objects", zh: "其他所有对象")
    static let fieldRights = Label("Restricted fields", zh: "字段权限")
    static let fieldRightsText = Label(
        "Fields that this role may not see or not change.",
        zh: "限制该角色查看或修改的字段；未列出的字段不受限制。"
    )
    static let field = Label("Field", zh: "字段")
    static let right = Label("Right", zh: "权限")
    static let hiddenField = Label("Hidden", zh: "不可见")
    static let readOnlyField = Label("Read only", zh: "只读")
    static let fullField = Label("Not restricted", zh: "不限制")
    static let restrict = Label("Restrict", zh: "设置限制")

    // Definitions
    static let planTitle = Label("Check the change", zh: "确认变更")
    static let planText = Label("This is what will be done. Nothing has happened yet.", zh: "将执行以下操作，目前尚未生效。")
    static let applyPlan = Label("Do it", zh: "确认执行")
    static let statements = Label("Statements", zh: "SQL 语句")
    static let removedObjects = Label("Removed objects", zh: "已删除的对象")
    static let rules = Label("Validation rules", zh: "校验规则")
    static let rulesText = Label(
        "A condition that every record must meet; else it is not saved and the message is shown.",
        zh: "记录必须满足的条件；不满足时无法保存，并显示提示。"
    )
    static let condition = Label("Condition", zh: "条件")
    static let conditionHelp = Label(
        "Such as: amount >= 0 or stage = \"lost\"",
        zh: "例如：amount >= 0 or stage = \"lost\""
    )
    static let messageZh = Label("Message in Chinese", zh: "中文提示")
    static let messageEn = Label("Message in English", zh: "英文提示")
    static let ruleField = Label("Shown at", zh: "提示位置")
    static let wholeRecord = Label("The whole record", zh: "整条记录")
    static let isActive = Label("Active", zh: "启用")
    static let addRule = Label("Add rule", zh: "添加规则")
    static let needsMessage = Label("Write what to do, for people.", zh: "请填写提示内容。")
    static let needsCondition = Label("Write a condition.", zh: "请填写条件。")
    static let needsName = Label("Enter a name.", zh: "请填写名称。")
    static let needsChoices = Label(
        "Write at least one choice, each on a line of its own.",
        zh: "请至少填写一个选项，每行一个。"
    )
    static let moveTo = Label("Move records to", zh: "将记录移到")
    static let moveText = Label(
        "Records have this choice. Say which one they get instead.",
        zh: "仍有记录使用该选项，请选择替换为哪个选项。"
    )
    static let changed = Label("Changed. It works everywhere at once.", zh: "已保存，立即在各处生效。")

    // Logs
    static let everybody = Label("Everybody", zh: "所有人")
    static let everything = Label("All actions", zh: "全部操作")
    static let show = Label("Show", zh: "查询")

    // Recycle bin
    static let deleted = Label("Deleted", zh: "删除时间")
    static let deletedBy = Label("Deleted by", zh: "删除人")

    static func restored(_ count: Int) -> Label {
        Label(count == 1 ? "1 record restored." : "\(count) records restored.", zh: "已恢复 \(count) 条记录。")
    }

    static func purged(_ count: Int) -> Label {
        Label(
            count == 1 ? "1 record deleted for ever." : "\(count) records deleted for ever.",
            zh: "已彻底删除 \(count) 条记录。"
        )
    }
}
