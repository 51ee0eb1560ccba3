// A FIX 4.4 peer on QuickFIX C++ for the interop suite: an acceptor that fills every order, or an initiator that sends orders.
// It speaks to the test by lines of JSON on standard output, and takes one command a line on standard input:
//   send N      (initiator) send N NewOrderSingle with ClOrdID q1, q2, …
//   order F     (initiator) send one NewOrderSingle with the fields F, tag=value separated by |
//   replace ID ORIG QTY PX   (initiator) send one OrderCancelReplaceRequest for an order of order F
//   status ID   (initiator) send one OrderStatusRequest
//   mass-cancel ID   (initiator) send one OrderMassCancelRequest for all orders
//   logout      log out and stay away
//   stop        stop the engine and exit
// usage: peer acceptor|initiator SETTINGS-FILE
#define HAVE_SSL 1
#include <quickfix/FileLog.h>
#include <quickfix/FileStore.h>
#include <quickfix/MessageCracker.h>
#include <quickfix/Session.h>
#include <quickfix/SessionSettings.h>
#include <quickfix/SocketAcceptor.h>
#include <quickfix/SocketInitiator.h>
#include <quickfix/ThreadedSSLSocketAcceptor.h>
#include <quickfix/ThreadedSSLSocketInitiator.h>
#include <quickfix/fix44/ExecutionReport.h>
#include <quickfix/fix44/NewOrderSingle.h>
#include <quickfix/fix44/OrderCancelReject.h>
#include <quickfix/fix44/OrderCancelReplaceRequest.h>
#include <quickfix/fix44/OrderMassCancelReport.h>
#include <quickfix/fix44/OrderMassCancelRequest.h>
#include <quickfix/fix44/OrderStatusRequest.h>

#include <cstdlib>
#include <iostream>
#include <memory>
#include <mutex>
#include <sstream>
#include <string>

namespace {

const char* const SYMBOL = "PF_XBTUSD";

std::mutex outputMutex;

void say(const std::string& line) {
  std::lock_guard<std::mutex> lock(outputMutex);
  std::cout << line << std::endl;
}

class Peer : public FIX::Application, public FIX::MessageCracker {
 public:
  explicit Peer(bool isAcceptor) : isAcceptor_(isAcceptor) {}

  void onCreate(const FIX::SessionID& id) override { sessionID_ = id; }
  void onLogon(const FIX::SessionID&) override { say("{\"event\":\"logon\"}"); }
  void onLogout(const FIX::SessionID&) override { say("{\"event\":\"logout\"}"); }
  void toAdmin(FIX::Message& message, const FIX::SessionID&) override {
    // Credentials for a venue that asks for them; the test puts them into the environment.
    FIX::MsgType type;
    message.getHeader().getField(type);
    if (type != FIX::MsgType_Logon) return;
    const char* fields = std::getenv("PEER_LOGON_FIELDS");
    if (fields == nullptr) return;
    std::stringstream list(fields);
    std::string field;
    while (std::getline(list, field, '|')) {
      const auto equals = field.find('=');
      if (equals != std::string::npos)
        message.setField(std::stoi(field.substr(0, equals)), field.substr(equals + 1));
    }
  }
  void toApp(FIX::Message&, const FIX::SessionID&) throw(FIX::DoNotSend) override {}
  void fromAdmin(const FIX::Message& message, const FIX::SessionID&) throw(
      FIX::FieldNotFound, FIX::IncorrectDataFormat, FIX::IncorrectTagValue, FIX::RejectLogon) override {
    FIX::MsgType type;
    message.getHeader().getField(type);
    if (type == FIX::MsgType_Reject) say("{\"event\":\"reject\"}");
    if (type == FIX::MsgType_ResendRequest) say("{\"event\":\"resend-request\"}");
    if (type == FIX::MsgType_Logout) {
      FIX::Text text;
      if (message.getFieldIfSet(text)) say("{\"event\":\"logout-text\",\"text\":\"" + text.getString() + "\"}");
    }
  }
  void fromApp(const FIX::Message& message, const FIX::SessionID& id) throw(
      FIX::FieldNotFound, FIX::IncorrectDataFormat, FIX::IncorrectTagValue, FIX::UnsupportedMessageType) override {
    crack(message, id);
  }

  void onMessage(const FIX44::NewOrderSingle& order, const FIX::SessionID& id) override {
    FIX::ClOrdID clOrdID;
    FIX::OrderQty qty;
    FIX::Side side;
    FIX::Symbol symbol;
    order.get(clOrdID);
    order.get(qty);
    order.get(side);
    order.get(symbol);
    FIX::PossDupFlag possDup(false);
    order.getHeader().getFieldIfSet(possDup);
    say("{\"event\":\"order\",\"clOrdID\":\"" + clOrdID.getString() + "\",\"possDup\":" + (possDup ? "true" : "false") + "}");
    report(id, clOrdID, qty, side, symbol, FIX::ExecType_NEW, FIX::OrdStatus_NEW);
    report(id, clOrdID, qty, side, symbol, FIX::ExecType_TRADE, FIX::OrdStatus_FILLED);
  }

  void onMessage(const FIX44::ExecutionReport& message, const FIX::SessionID&) override {
    FIX::ClOrdID clOrdID;
    FIX::ExecType execType;
    FIX::ExecID execID;
    message.get(clOrdID);
    message.get(execType);
    message.get(execID);
    say("{\"event\":\"report\",\"clOrdID\":\"" + clOrdID.getString() + "\",\"execType\":\"" +
        std::string(1, execType) + "\",\"execID\":\"" + execID.getString() + "\"" +
        optional(message, "ordStatus", FIX::FIELD::OrdStatus) + optional(message, "orderQty", FIX::FIELD::OrderQty) +
        optional(message, "price", FIX::FIELD::Price) + optional(message, "leavesQty", FIX::FIELD::LeavesQty) +
        optional(message, "origClOrdID", FIX::FIELD::OrigClOrdID) + "}");
  }

  void onMessage(const FIX44::OrderCancelReject& message, const FIX::SessionID&) override {
    say("{\"event\":\"cancel-reject\"" + optional(message, "clOrdID", FIX::FIELD::ClOrdID) +
        optional(message, "origClOrdID", FIX::FIELD::OrigClOrdID) +
        optional(message, "ordStatus", FIX::FIELD::OrdStatus) +
        optional(message, "responseTo", FIX::FIELD::CxlRejResponseTo) +
        optional(message, "reason", FIX::FIELD::CxlRejReason) + "}");
  }

  void onMessage(const FIX44::OrderMassCancelReport& message, const FIX::SessionID&) override {
    say("{\"event\":\"mass-cancel-report\"" + optional(message, "clOrdID", FIX::FIELD::ClOrdID) +
        optional(message, "response", FIX::FIELD::MassCancelResponse) +
        optional(message, "affected", FIX::FIELD::TotalAffectedOrders) + "}");
  }

  void send(int count) {
    for (int made = 0; made < count; ++made) {
      FIX44::NewOrderSingle order(FIX::ClOrdID("q" + std::to_string(++sent_)), FIX::Side(FIX::Side_BUY),
                                  FIX::TransactTime(), FIX::OrdType(FIX::OrdType_LIMIT));
      order.set(FIX::HandlInst('1'));
      order.set(FIX::Symbol("X"));
      order.set(FIX::OrderQty(1));
      order.set(FIX::Price(100));
      order.set(FIX::TimeInForce(FIX::TimeInForce_GOOD_TILL_CANCEL));
      FIX::Session::sendToTarget(order, sessionID_);
    }
    say("{\"event\":\"sent\",\"total\":" + std::to_string(sent_) + "}");
  }

  void order(const std::string& fields) {
    FIX44::NewOrderSingle order;
    std::stringstream list(fields);
    std::string field;
    while (std::getline(list, field, '|')) {
      const auto equals = field.find('=');
      if (equals != std::string::npos)
        order.setField(std::stoi(field.substr(0, equals)), field.substr(equals + 1));
    }
    FIX::Session::sendToTarget(order, sessionID_);
  }

  void replace(const std::string& clOrdID, const std::string& orig, double qty, double px) {
    FIX44::OrderCancelReplaceRequest request(FIX::OrigClOrdID(orig), FIX::ClOrdID(clOrdID), FIX::Side(FIX::Side_BUY),
                                             FIX::TransactTime(), FIX::OrdType(FIX::OrdType_LIMIT));
    request.set(FIX::Symbol(SYMBOL));
    request.set(FIX::OrderQty(qty));
    request.set(FIX::Price(px));
    request.set(FIX::TimeInForce(FIX::TimeInForce_GOOD_TILL_CANCEL));
    FIX::Session::sendToTarget(request, sessionID_);
  }

  void askStatus(const std::string& clOrdID) {
    FIX44::OrderStatusRequest request(FIX::ClOrdID(clOrdID), FIX::Side(FIX::Side_BUY));
    request.set(FIX::Symbol(SYMBOL));
    FIX::Session::sendToTarget(request, sessionID_);
  }

  void massCancel(const std::string& clOrdID) {
    FIX44::OrderMassCancelRequest request(
        FIX::ClOrdID(clOrdID), FIX::MassCancelRequestType(FIX::MassCancelRequestType_CANCEL_ALL_ORDERS),
        FIX::TransactTime());
    FIX::Session::sendToTarget(request, sessionID_);
  }

  void logout() {
    FIX::Session* session = FIX::Session::lookupSession(sessionID_);
    if (session != nullptr) session->logout();
  }

 private:
  /** One more member of a line of JSON; nothing when the message has no such field. */
  static std::string optional(const FIX::Message& message, const std::string& name, int tag) {
    return message.isSetField(tag) ? ",\"" + name + "\":\"" + message.getField(tag) + "\"" : "";
  }

  void report(const FIX::SessionID& id, const FIX::ClOrdID& clOrdID, const FIX::OrderQty& qty, const FIX::Side& side,
              const FIX::Symbol& symbol, char execType, char ordStatus) {
    const bool filled = ordStatus == FIX::OrdStatus_FILLED;
    ++executions_;
    FIX44::ExecutionReport message(FIX::OrderID("O-" + clOrdID.getString()),
                                   FIX::ExecID(clOrdID.getString() + "-" + std::string(1, execType)),
                                   FIX::ExecType(execType), FIX::OrdStatus(ordStatus), side,
                                   FIX::LeavesQty(filled ? 0 : double(qty)), FIX::CumQty(filled ? double(qty) : 0),
                                   FIX::AvgPx(filled ? 100 : 0));
    message.set(clOrdID);
    message.set(symbol);
    message.set(qty);
    if (filled) {
      message.set(FIX::LastQty(qty));
      message.set(FIX::LastPx(100));
    }
    FIX::Session::sendToTarget(message, id);
  }

  const bool isAcceptor_;
  FIX::SessionID sessionID_;
  int sent_ = 0;
  int executions_ = 0;
};

template <typename Engine>
int run(Engine& engine, Peer& peer) {
  engine.start();
  say("{\"event\":\"started\"}");
  std::string line;
  while (std::getline(std::cin, line)) {
    if (line.rfind("send ", 0) == 0) peer.send(std::stoi(line.substr(5)));
    if (line.rfind("order ", 0) == 0) peer.order(line.substr(6));
    std::stringstream words(line);
    std::string verb, id, orig;
    double qty = 0, px = 0;
    words >> verb >> id;
    if (verb == "replace" && words >> orig >> qty >> px) peer.replace(id, orig, qty, px);
    if (verb == "status") peer.askStatus(id);
    if (verb == "mass-cancel") peer.massCancel(id);
    if (line == "logout") peer.logout();
    if (line == "stop") break;
  }
  engine.stop();
  say("{\"event\":\"stopped\"}");
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: peer acceptor|initiator SETTINGS-FILE\n";
    return 2;
  }
  try {
    const bool isAcceptor = std::string(argv[1]) == "acceptor";
    FIX::SessionSettings settings(argv[2]);
    Peer peer(isAcceptor);
    FIX::FileStoreFactory stores(settings);
    FIX::FileLogFactory logs(settings);
    const bool isTls = settings.get().has("PeerTls") && settings.get().getBool("PeerTls");
    if (isAcceptor && isTls) {
      FIX::ThreadedSSLSocketAcceptor engine(peer, stores, settings, logs);
      return run(engine, peer);
    }
    if (isAcceptor) {
      FIX::SocketAcceptor engine(peer, stores, settings, logs);
      return run(engine, peer);
    }
    if (isTls) {
      FIX::ThreadedSSLSocketInitiator engine(peer, stores, settings, logs);
      return run(engine, peer);
    }
    FIX::SocketInitiator engine(peer, stores, settings, logs);
    return run(engine, peer);
  } catch (const std::exception& error) {
    std::cerr << error.what() << "\n";
    return 1;
  }
}
