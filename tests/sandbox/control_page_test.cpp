#include <gtest/gtest.h>

#include <regex>

#include "sandbox/page.hpp"

namespace liaison::sandbox {
namespace {

HttpResponse page_get(const std::string& url) {
    return page_answer(HttpRequest{"GET", url, {}, ""});
}

TEST(SandboxPage, EveryFileThatThePageNamesIsServedWithAStrictPolicy) {
    const HttpResponse page = page_get("/");
    EXPECT_EQ(page.status, 200);
    EXPECT_EQ(page.fields.get("Content-Type"), "text/html; charset=utf-8");
    EXPECT_EQ(page_get("/sandbox/view?x=1").body, page.body);
    const std::regex reference("(?:src|href)=\"([^\"]+)\"");
    int count = 0;
    for (std::sregex_iterator at(page.body.begin(), page.body.end(), reference), end; at != end;
         ++at) {
        const std::string path = (*at)[1];
        EXPECT_TRUE(page_owns_path(path)) << path;
        const HttpResponse file = page_get(path);
        EXPECT_EQ(file.status, 200) << path;
        EXPECT_TRUE(file.fields.get("Content-Security-Policy").starts_with("default-src 'self';"));
        EXPECT_EQ(file.fields.get("X-Content-Type-Options"), "nosniff");
        ++count;
    }
    EXPECT_GE(count, 3);
    EXPECT_EQ(page.body.find("onclick"), std::string::npos);
}

TEST(SandboxPage, ScriptsBuildNoMarkupFromText) {
    for (const char* name : {"app.js", "api.js", "detail.js", "dom.js", "views.js"}) {
        const HttpResponse script = page_get(std::string("/sandbox/web/") + name);
        ASSERT_EQ(script.status, 200) << name;
        EXPECT_EQ(script.fields.get("Content-Type"), "text/javascript; charset=utf-8");
        for (const char* banned :
             {"innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("}) {
            EXPECT_EQ(script.body.find(banned), std::string::npos) << name << ' ' << banned;
        }
    }
}

TEST(SandboxPage, ABrowserThatHasAFileIsToldSo) {
    HttpRequest request{"GET", "/sandbox/web/style.css", {}, ""};
    const HttpResponse first = page_answer(request);
    request.fields.set("If-None-Match", std::string(first.fields.get("ETag")));
    const HttpResponse second = page_answer(request);
    EXPECT_EQ(second.status, 304);
    EXPECT_TRUE(second.body.empty());
}

TEST(SandboxPage, OtherPathsAndMethodsAreRefused) {
    EXPECT_EQ(page_get("/sandbox/web/../main.cpp").status, 404);
    EXPECT_EQ(page_get("/sandbox/web/").status, 404);
    EXPECT_EQ(page_answer(HttpRequest{"POST", "/", {}, ""}).status, 405);
    EXPECT_FALSE(page_owns_path("/EWS/Exchange.asmx"));
    EXPECT_FALSE(page_owns_path("/sandbox/users"));
}

}  // namespace
}  // namespace liaison::sandbox
