public import Values

/// The words of logging in and of a person's own account.
public enum AccountTexts {
    /// Begins a session.
    public static let logIn = Label("Sign in", zh: "登录")
    /// Which workspace, where several share an address.
    public static let workspace = Label("Workspace", zh: "工作区")
    /// What to type there.
    public static let workspaceHelp = Label(
        "The short name that your administrator has told you.",
        zh: "管理员告知的工作区简称。"
    )
    /// The person's address.
    public static let email = Label("E-mail", zh: "邮箱")
    /// The password.
    public static let password = Label("Password", zh: "密码")
    /// Where to turn without a password.
    public static let forgot = Label(
        "Forgotten it? An administrator can give you a link to set a new one.",
        zh: "忘记密码？请联系管理员获取重设链接。"
    )
    /// Language and time zone.
    public static let preferences = Label("Language and time", zh: "语言与时区")
    /// The person's time zone.
    public static let timeZone = Label("Time zone", zh: "时区")
    /// The second factor.
    public static let codeTitle = Label("Confirm it is you", zh: "两步验证")
    /// What to type.
    public static let codeText = Label(
        "Type the 6 digits from your authenticator app, or one of your recovery codes.",
        zh: "请输入验证器中的 6 位数字，或一个恢复码。"
    )
    /// The code of the second factor.
    public static let code = Label("Code", zh: "验证码")
    /// Sends the code.
    public static let confirm = Label("Confirm", zh: "验证")
    /// For a new person.
    public static let inviteTitle = Label("Welcome", zh: "欢迎加入")
    /// What to do.
    public static func inviteText(_ email: String) -> Label {
        Label("Choose a password for \(email).", zh: "请为 \(email) 设置登录密码。")
    }
    /// For a person who needs another password.
    public static let resetTitle = Label("New password", zh: "重设密码")
    /// The new password.
    public static let newPassword = Label("New password", zh: "新密码")
    /// The new password again.
    public static let again = Label("The same again", zh: "再次输入新密码")
    /// What a password must be.
    public static let rule = Label("At least 10 characters. A short sentence is good.", zh: "至少 10 个字符，建议用一句容易记的话。")
    /// Writes the password.
    public static let setPassword = Label("Set password", zh: "设置密码")
    /// The person's name.
    public static let name = Label("Name", zh: "姓名")
    /// The present password.
    public static let oldPassword = Label("Present password", zh: "当前密码")
    /// Writes a new password.
    public static let changePassword = Label("Change password", zh: "修改密码")
    /// Where the person is logged in.
    public static let sessions = Label("Sessions", zh: "登录设备")
    /// The session that shows the page.
    public static let thisSession = Label("this one", zh: "当前设备")
    /// The browser or program.
    public static let device = Label("Device", zh: "设备")
    /// The network address.
    public static let address = Label("Address", zh: "IP 地址")
    /// When it was last used.
    public static let lastUsed = Label("Last used", zh: "最近使用")
    /// Ends a session.
    public static let end = Label("End", zh: "下线")
    /// Ends all other sessions.
    public static let endOthers = Label("Sign out everywhere else", zh: "退出其他设备")
    /// Keys for programs.
    public static let keys = Label("API keys", zh: "API 密钥")
    /// What keys are.
    public static let keysText = Label(
        "A key lets a program act as you, with your rights or fewer.",
        zh: "程序可凭密钥以您的身份访问，权限不超过您本人。"
    )
    /// The name of a key.
    public static let keyName = Label("What it is for", zh: "用途")
    /// What a key may do.
    public static let keyScope = Label("May", zh: "权限")
    /// The beginning of a key.
    public static let keyPrefix = Label("Key", zh: "密钥")
    /// A key that only reads.
    public static let readOnly = Label("Read only", zh: "只读")
    /// A key that does what the person may.
    public static let full = Label("Read and write", zh: "读写")
    /// Makes a key.
    public static let makeKey = Label("Make a key", zh: "新建密钥")
    /// Ends a key.
    public static let revoke = Label("Revoke", zh: "吊销")
    /// Shown once.
    public static let once = Label("Copy it now: it is shown only once.", zh: "请立即复制保存，此内容只显示一次。")
    /// No keys.
    public static let noKeys = Label("No keys yet", zh: "还没有密钥")
    /// The second factor.
    public static let factor = Label("Second factor", zh: "两步验证")
    /// It is on.
    public static let factorOn = Label("On: a code is asked for at every log-in.", zh: "已开启，每次登录都需要验证码。")
    /// It is off.
    public static let factorOff = Label(
        "Off. With it, a stolen password is not enough.",
        zh: "未开启。开启后，即使密码泄露他人也无法登录。"
    )
    /// Switches it on.
    public static let turnOn = Label("Set up", zh: "开启")
    /// Switches it off.
    public static let turnOff = Label("Switch off", zh: "关闭")
    /// The drawing that an authenticator app reads.
    public static let qrCode = Label("QR code for the authenticator app", zh: "供验证器应用扫描的二维码")
    /// How to set it up.
    public static let factorSetUp = Label(
        "Scan the code with your authenticator app or type the secret into it, then type the code that it shows.",
        zh: "用验证器应用扫描二维码，或手动输入下面的密钥，然后填写应用显示的验证码。"
    )
    /// Codes for when the telephone is lost.
    public static let recovery = Label("Recovery codes", zh: "恢复码")
    /// What they are for.
    public static let recoveryText = Label(
        "Each works once when your phone is lost. Keep them where you keep your keys.",
        zh: "手机丢失时可用恢复码登录，每个只能用一次，请妥善保管。"
    )
}
