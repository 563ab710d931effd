public import Schema
import Values

extension Customer {
    /// Company or person.
    public static let types = [
        Choice("company", Label("Company", zh: "企业客户")),
        Choice("person", Label("Person", zh: "个人客户")),
    ]

    /// Where the relation with a customer stands.
    public static let statuses = [
        Choice("potential", Label("Potential", zh: "潜在客户")),
        Choice("following", Label("In contact", zh: "跟进中")),
        Choice("customer", Label("Customer", zh: "成交客户")),
        Choice("dormant", Label("Dormant", zh: "沉睡客户")),
        Choice("lost", Label("Lost", zh: "流失客户")),
    ]

    /// How important a customer is.
    public static let levels = [
        Choice("a", Label("A · key", zh: "A（重点客户）")),
        Choice("b", Label("B · regular", zh: "B（普通客户）")),
        Choice("c", Label("C · minor", zh: "C（一般客户）")),
    ]

    /// Where customers and leads come from.
    public static let sources = [
        Choice("website", Label("Website", zh: "官网")),
        Choice("search", Label("Search engine", zh: "搜索引擎")),
        Choice("advertising", Label("Advertising", zh: "广告投放")),
        Choice("wechat", Label("WeChat", zh: "微信")),
        Choice("exhibition", Label("Trade fair", zh: "展会")),
        Choice("event", Label("Event", zh: "市场活动")),
        Choice("referral", Label("Referral by a customer", zh: "客户转介绍")),
        Choice("partner", Label("Partner", zh: "渠道伙伴")),
        Choice("cold_call", Label("Cold call", zh: "电话拓客")),
        Choice("visit", Label("Visit", zh: "陌生拜访")),
        Choice("tender", Label("Tender", zh: "招投标")),
        Choice("other", Label("Other", zh: "其他")),
    ]

    /// Lines of business.
    public static let industries = [
        Choice("manufacturing", Label("Manufacturing", zh: "制造业")),
        Choice("software", Label("Software and IT", zh: "软件与信息技术")),
        Choice("internet", Label("Internet", zh: "互联网")),
        Choice("telecom", Label("Telecommunications", zh: "电信通讯")),
        Choice("retail", Label("Retail and wholesale", zh: "批发零售")),
        Choice("ecommerce", Label("E-commerce", zh: "电子商务")),
        Choice("finance", Label("Finance and insurance", zh: "金融保险")),
        Choice("real_estate", Label("Real estate", zh: "房地产")),
        Choice("construction", Label("Construction", zh: "建筑工程")),
        Choice("logistics", Label("Transport and logistics", zh: "交通物流")),
        Choice("automotive", Label("Automotive", zh: "汽车")),
        Choice("electronics", Label("Electronics", zh: "电子电器")),
        Choice("chemicals", Label("Chemicals", zh: "化工")),
        Choice("energy", Label("Energy", zh: "能源电力")),
        Choice("medical", Label("Medical", zh: "医疗健康")),
        Choice("pharma", Label("Pharmaceuticals", zh: "生物医药")),
        Choice("food", Label("Food and drink", zh: "食品饮料")),
        Choice("consumer", Label("Consumer goods", zh: "消费品")),
        Choice("education", Label("Education", zh: "教育培训")),
        Choice("hospitality", Label("Hotels and catering", zh: "酒店餐饮")),
        Choice("beauty", Label("Beauty", zh: "美容美发")),
        Choice("media", Label("Media and entertainment", zh: "文化传媒")),
        Choice("services", Label("Business services", zh: "商务服务")),
        Choice("agriculture", Label("Agriculture", zh: "农林牧渔")),
        Choice("government", Label("Public sector", zh: "政府与公共事业")),
        Choice("other", Label("Other", zh: "其他")),
    ]
}

/// Choices about people, shared by customers and contacts.
public enum PersonChoices {
    /// How to address a person.
    public static let genders = [
        Choice("female", Label("Female", zh: "女")),
        Choice("male", Label("Male", zh: "男")),
        Choice("other", Label("Other", zh: "其他")),
    ]

    /// Kinds of identity documents.
    public static let idTypes = [
        Choice("id_card", Label("Resident identity card", zh: "居民身份证")),
        Choice("passport", Label("Passport", zh: "护照")),
        Choice("hk_mo_permit", Label("Hong Kong and Macao permit", zh: "港澳居民来往内地通行证")),
        Choice("tw_permit", Label("Taiwan permit", zh: "台湾居民来往大陆通行证")),
        Choice("residence_permit", Label("Permanent residence permit", zh: "外国人永久居留身份证")),
        Choice("other", Label("Other", zh: "其他证件")),
    ]

    /// What a contact has to do with a purchase.
    public static let roles = [
        Choice("decision_maker", Label("Decision maker", zh: "决策人")),
        Choice("influencer", Label("Influencer", zh: "影响者")),
        Choice("user", Label("User", zh: "使用者")),
        Choice("purchasing", Label("Purchasing", zh: "采购")),
        Choice("finance", Label("Finance", zh: "财务")),
        Choice("technical", Label("Technical", zh: "技术负责人")),
        Choice("gatekeeper", Label("Gatekeeper", zh: "把关人")),
        Choice("parent", Label("Parent", zh: "家长")),
        Choice("other", Label("Other", zh: "其他")),
    ]
}
