import Values

/// The words of pages that belong to no component.
enum PageTexts {
    static let home = Label("Start", zh: "首页")
    static let saved = Label("Saved.", zh: "已保存。")
    static let signedOut = Label("You are signed out.", zh: "您已退出登录。")
    static let passwordSet = Label("Your password is set. Sign in with it.", zh: "密码已设置，请用新密码登录。")
    static let notSame = Label("The two passwords differ.", zh: "两次输入的密码不一致。")

    // Lists
    static let mine = Label("Mine", zh: "我负责的")
    static let putBackValue = Label("Put back", zh: "恢复此值")
    static func putBack(_ field: Label) -> Label {
        Label("Put \(field.en) back to what it was", zh: "把“\(field.zh)”恢复为原值")
    }
    static func valuePutBack(_ field: Label) -> Label {
        Label("\(field.en) holds its former value again.", zh: "“\(field.zh)”已恢复为原值。")
    }
    static let unseen = Label("not visible to you", zh: "无权查看")
    static let columnsSaved = Label("The columns are saved.", zh: "显示列已保存。")
    static let nothingChosen = Label("Select records first.", zh: "请先选择记录。")
    static let chooseTwo = Label("Select exactly two records to merge.", zh: "请选择两条记录进行合并。")
    static let notEditable = Label("You may not change this field.", zh: "您不能修改这个字段。")
    static let working = Label("Changing records", zh: "正在批量处理")
    static let puttingBack = Label("Undoing", zh: "正在撤销")

    /// What an undo did.
    static func putBack(_ count: Int, kept: Int) -> Label {
        guard kept > 0 else { return Label("\(count) put back.", zh: "已撤销 \(count) 条。") }
        return Label(
            "\(count) put back; \(kept) were changed since and stay as they are.",
            zh: "已撤销 \(count) 条；另有 \(kept) 条之后又被修改过，保持不变。"
        )
    }
    /// Of a bulk action that somebody comes back to too late.
    static let noLongerKept = Label(
        "This change of many records is no longer kept: it can be looked at and undone for 30 days.",
        zh: "该批量处理记录已不再保留：仅可在 30 天内查看和撤销。"
    )
    static let noOwner = Label("Choose the new owner.", zh: "请选择新的负责人。")
    static let notAllowed = Label("you may not change them", zh: "您没有相应权限")

    /// What a bulk action did.
    static func changed(_ count: Int) -> Label {
        Label(count == 1 ? "1 record changed." : "\(count) records changed.", zh: "已处理 \(count) 条记录。")
    }

    /// What a bulk action did, and why it did not do all of it.
    static func changed(_ count: Int, refused: Int, why: Label) -> Label {
        Label(
            "\(count) changed, \(refused) not: \(why.en)",
            zh: "已处理 \(count) 条，\(refused) 条未处理：\(why.zh)"
        )
    }

    // Forms
    static let responsible = Label("Responsible", zh: "负责人")
    static let colon = Label(": ", zh: "：")
    static let chooseObject = Label("Choose the kind of record.", zh: "请选择记录类型。")
    static let changedMeanwhile = Label(
        "Somebody else has changed this record meanwhile. Beside each field stands what is saved now; saving again overwrites it.",
        zh: "这条记录已被他人修改。下方标出了现在保存的内容，再次保存将以您填写的为准。"
    )
    static func nowSaved(_ text: String) -> Label { Label("Saved now: \(text)", zh: "现在保存的是：\(text)") }
    static let overview = Label("Overview", zh: "概览")
    static func made(_ object: Label) -> Label { Label("\(object.en) created.", zh: "\(object.zh)已新建。") }
    static func noSuch(_ object: Label, _ name: String) -> Label {
        Label(
            "There is no \(object.en.lowercased()) «\(name.prefix(50))». Type the whole name or the ID.",
            zh: "没有名为“\(name.prefix(50))”的\(object.zh)，请输入完整名称或编号。"
        )
    }
    static func several(_ object: Label, _ name: String) -> Label {
        Label(
            "Several records are called «\(name.prefix(50))». Type the ID of the \(object.en.lowercased()).",
            zh: "有多条名为“\(name.prefix(50))”的\(object.zh)，请输入编号以区分。"
        )
    }
    static func noPerson(_ name: String) -> Label {
        Label("There is nobody called «\(name.prefix(50))».", zh: "没有名为“\(name.prefix(50))”的同事。")
    }
    static func severalPeople(_ name: String) -> Label {
        Label(
            "Several people are called «\(name.prefix(50))». Type the e-mail address.",
            zh: "有多位同事叫“\(name.prefix(50))”，请输入邮箱以区分。"
        )
    }

    // Records
    static let recordFacts = Label("About this record", zh: "系统信息")
    static let inBin = Label("This record is in the recycle bin.", zh: "这条记录已在回收站中。")
    static let sharing = Label("Access", zh: "共享与可见范围")
    static let restored = Label("Restored.", zh: "已恢复。")
    static let nextStep = Label("Next step", zh: "下一步")
    static let nextOn = Label("On", zh: "日期")
    static let whatNext = Label("Say what is to be done then.", zh: "请填写下一步要做什么。")
    static let writeSomething = Label("Write a few words first.", zh: "请先填写内容。")
    static let noted = Label("Added to the timeline.", zh: "已保存到跟进记录。")
    static let taskDone = Label("Task done.", zh: "任务已完成。")
    static let closing = Label("Won or lost?", zh: "结单：赢单或输单")
    static let chooseReason = Label("Choose the reason", zh: "请选择原因")
    static func deleted(_ object: Label) -> Label {
        Label("\(object.en) moved to the recycle bin.", zh: "\(object.zh)已移入回收站。")
    }
    static func movedTo(_ stage: Label) -> Label { Label("Now in «\(stage.en)».", zh: "已推进到“\(stage.zh)”。") }
    static func by(_ field: Label) -> Label { Label(" (\(field.en.lowercased()))", zh: "（\(field.zh)）") }

    // Sharing and history
    static let sharedWith = Label("Shared with", zh: "共享给")
    static let notShared = Label("Not shared with anybody", zh: "尚未共享给任何人")
    static let with = Label("Person or team", zh: "同事或团队")
    static let right = Label("May", zh: "权限")
    static let mayEdit = Label("May change it", zh: "可编辑")
    static let maySee = Label("May see it", zh: "仅查看")
    static let share = Label("Share", zh: "共享")
    static let unshare = Label("Stop sharing", zh: "取消共享")
    static let shared = Label("Shared.", zh: "已共享。")
    static let unshared = Label("No longer shared.", zh: "已取消共享。")
    static let people = Label("People", zh: "同事")
    static let teams = Label("Teams", zh: "团队")
    static let person = Label("Person", zh: "人员")
    static let why = Label("Why", zh: "原因")
    static let semicolon = Label("; ", zh: "；")
    static let what = Label("What", zh: "操作")
    static let changes = Label("Changes", zh: "修改内容")
    static let noChanges = Label("Nothing is recorded yet", zh: "还没有修改记录")
    static func team(_ name: String) -> Label { Label("Team \(name)", zh: "团队：\(name)") }

    // Conversion
    static let intoCustomer = Label("Existing customer", zh: "已有客户")
    static let intoCustomerHelp = Label(
        "Leave it empty to make a new customer from the lead.",
        zh: "留空则用线索信息新建客户。"
    )
    static let withContact = Label("Make a contact", zh: "同时新建联系人")
    static let withOpportunity = Label("Make an opportunity", zh: "同时新建商机")
    static let opportunityName = Label("Name of the opportunity", zh: "商机名称")
    static let opportunityHelp = Label("Only if an opportunity is made.", zh: "仅在新建商机时填写。")
    static let converted = Label("The lead is converted.", zh: "线索已转化。")

    // Start page and account
    static let myTasks = Label("My open tasks", zh: "我的待办")
    static let myOpportunities = Label("My open opportunities", zh: "我的进行中商机")
    static let myCustomers = Label("My customers, changed last", zh: "我最近更新的客户")
    static let passwordChanged = Label("Your password is changed.", zh: "密码已修改。")
    static let sessionEnded = Label("Signed out there.", zh: "已下线。")
    static let keyNeedsName = Label("Say what the key is for.", zh: "请填写密钥的用途。")
    static let keyRevoked = Label("The key no longer works.", zh: "密钥已吊销。")
    static let factorOff = Label("The second factor is off.", zh: "两步验证已关闭。")
    static func hello(_ name: String) -> Label { Label("Hello, \(name)", zh: "\(name)，您好") }

    /// The time zones that are offered; any other IANA name can be set over the API.
    static let timeZones = [
        "Asia/Shanghai", "Asia/Hong_Kong", "Asia/Taipei", "Asia/Tokyo", "Asia/Seoul", "Asia/Singapore",
        "Asia/Bangkok", "Asia/Kolkata", "Asia/Dubai", "Europe/Moscow", "Europe/Berlin", "Europe/Paris",
        "Europe/London", "UTC", "America/Sao_Paulo", "America/New_York", "America/Chicago", "America/Los_Angeles",
        "Australia/Sydney",
    ]
}
