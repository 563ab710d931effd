import Values
import Webhooks

/// The words of webhooks.
enum WebhookWords {
    static let webhooks = Label("Webhooks", zh: "Webhook 推送")
    static let webhook = Label("Webhook", zh: "推送")
    static let webhooksText = Label("Tell other systems at once what changes here.", zh: "数据变动时实时通知其他系统。")
    static let add = Label("New webhook", zh: "新建 Webhook")
    static let none = Label("No webhooks yet", zh: "暂无 Webhook")
    static let noneText = Label("Other systems hear of changes as soon as they happen.", zh: "新建后，数据变动将实时推送到指定网址。")
    static let name = Label("Name", zh: "名称")
    static let address = Label("Address of the receiver", zh: "接收地址")
    static let addressHelp = Label("Takes signed events by POST; https.", zh: "以 POST 方式接收签名事件，须为 https。")
    static let user = Label("With the rights of", zh: "按谁的权限推送")
    static let userHelp = Label("Only what this person may see is sent.", zh: "只推送该成员有权查看的内容。")
    static let events = Label("Events", zh: "事件")
    static let allObjects = Label("All objects", zh: "全部对象")
    static let allEvents = Label("Everything", zh: "全部事件")
    static let filter = Label("Only when", zh: "推送条件")
    static let filterHelp = Label(
        "An expression about the record, such as stage = \"won\"; for events of one object.",
        zh: "针对记录的表达式，例如 stage = \"won\"；仅限单个对象的事件。"
    )
    static let fields = Label("Fields", zh: "推送字段")
    static let fieldsHelp = Label("Keys with commas; empty for all.", zh: "字段标识，用逗号分隔；留空为全部。")
    static let secret = Label("Secret of the signatures", zh: "签名密钥")
    static let secretText = Label(
        "Copy it now: it is shown only this once. With it the receiver checks that events come from here.",
        zh: "请立即复制，密钥仅显示这一次。接收方用它校验推送来源。"
    )
    static let test = Label("Send a test event", zh: "发送测试事件")
    static let tested = Label("The test event is on its way.", zh: "测试事件已发出。")
    static let rotate = Label("New secret", zh: "更换密钥")
    static let rotateAsk = Label(
        "Make a new secret? For 24 hours both sign, then only the new one.",
        zh: "确定更换密钥？24 小时内新旧密钥同时签名，之后仅新密钥有效。"
    )
    static let pause = Label("Pause", zh: "暂停")
    static let resume = Label("Switch on", zh: "启用")
    static let paused = Label("Paused; what happens meanwhile is kept for a week.", zh: "已暂停，期间的事件保留一周。")
    static let resumed = Label("Switched on; it goes on where it stopped.", zh: "已启用，从停止处继续推送。")
    static let removeAsk = Label("Delete this webhook with its log?", zh: "确定删除该 Webhook 及其投递记录？")
    static let removed = Label("The webhook is deleted.", zh: "Webhook 已删除。")
    static let deliveries = Label("Deliveries", zh: "投递记录")
    static let delivery = Label("Delivery", zh: "投递")
    static let noDeliveries = Label("Nothing has been sent yet", zh: "暂无投递记录")
    static let event = Label("Event", zh: "事件")
    static let answer = Label("Answer", zh: "响应")
    static let attempts = Label("Tries", zh: "尝试次数")
    static let duration = Label("Milliseconds", zh: "耗时（毫秒）")
    static let due = Label("Next try", zh: "下次尝试")
    static let message = Label("Message", zh: "消息编号")
    static let body = Label("What is sent", zh: "推送内容")
    static let erased = Label("What it said has been erased.", zh: "内容已抹除。")
    static let log = Label("Tries", zh: "尝试记录")
    static let replay = Label("Send again", zh: "重新投递")
    static let replayed = Label("It is sent again in a moment.", zh: "即将重新投递。")
    static let replayFailed = Label("Send failed ones again", zh: "重发失败的投递")
    static let since = Label("Of the last", zh: "时间范围")
    static let reason = Label("Reason", zh: "原因")
    static let failingSince = Label("Failing since", zh: "开始失败")
    static let bothUntil = Label("Both secrets sign until", zh: "新旧密钥并用至")
    static let receivers = Label("Receivers of webhooks", zh: "Webhook 接收地址范围")
    static let publicOnly = Label("Public addresses only", zh: "仅限公网地址")
    static let nearbyToo = Label("Addresses of the own network too", zh: "允许内网地址")

    static func chosen(_ count: Int) -> Label { Label("\(count) chosen", zh: "已选 \(count) 项") }
    static func replayedCount(_ count: Int) -> Label {
        Label("\(count) deliveries are sent again.", zh: "\(count) 条投递将重新发送。")
    }
    static func hours(_ hours: Int) -> Label {
        hours < 48 ? Label("\(hours) hours", zh: "\(hours) 小时") : Label("\(hours / 24) days", zh: "\(hours / 24) 天")
    }

    static func state(_ state: Webhook.State) -> Label {
        switch state {
        case .active: Label("On", zh: "已启用")
        case .paused: Label("Paused", zh: "已暂停")
        case .off: Label("Switched off", zh: "已停用")
        }
    }

    static func why(_ reason: String?) -> Label? {
        switch reason {
        case "gone": Label("The receiver says that it is gone (410).", zh: "接收方表示地址已失效（410）。")
        case "failing": Label("Nothing has arrived for five days.", zh: "连续五天投递失败。")
        case "owner": Label("The person it belongs to is not active.", zh: "所属成员已停用。")
        default: nil
        }
    }

    static func state(_ state: WebhookDelivery.State) -> Label {
        switch state {
        case .waiting: Label("Waiting", zh: "等待中")
        case .sending: Label("Being sent", zh: "发送中")
        case .done: Label("Arrived", zh: "已送达")
        case .failed: Label("Failed", zh: "失败")
        }
    }
}
